import Machine
import RISCV

/// A guest under one technique: the machine that it takes for its own, and what of a host stands below.
package final class VirtualMachine {
  package let technique: Technique
  /// How nested tables are made, where there are some.
  package let choices: MonitorChoices
  /// What actions cost now.
  package private(set) var costs: CostModel
  /// The guest's: its harts are the virtual harts, its board the virtual board.
  package let machine: Machine
  /// The physical machine; nil where the guest is the machine, or is emulated.
  package let host: HostMachine?
  private let monitor: Monitor?
  /// Watches a monitor that is code of the machine; nil where there is none.
  package private(set) var specimen: Specimen?
  private var accounts: [HartAccount] = []

  package init(
    _ configuration: MachineConfiguration, technique: Technique = .native, costs: CostModel = .standard,
    choices: MonitorChoices = MonitorChoices()
  ) throws(MachineError) {
    self.technique = technique
    self.choices = choices
    self.costs = costs
    guard configuration.monitorGuest == nil || technique == .native else { throw .monitorNeedsNative }
    switch technique.kind {
    case .native, .emulation:
      host = nil
      monitor = nil
      if technique == .native && configuration.bios == .monitor { throw .firmwareNeedsMonitor }
      machine = try Machine(configuration)
      let accounts = machine.harts.map { HartAccount($0, isEmulated: technique == .emulation, costs) }
      self.accounts = accounts
      if technique == .emulation {
        machine.executor = Emulation(calls: MonitorFirmware(machine)) { accounts[$0].chargeCall() }
      } else if configuration.monitorGuest != nil {
        for account in accounts { account.isOfMonitor = true }
        let specimen = try Specimen(machine) { accounts[$0] }
        self.specimen = specimen
        machine.executor = specimen
      }
    case .trapAndEmulate, .binaryTranslation, .hardwareAssisted:
      let host = try HostMachine(configuration, usesLargePages: technique.paging == .nested && choices.leaf == .large)
      self.host = host
      machine = try Machine(configuration, memory: host.guestMemory)
      let monitor = Monitor(machine, host, technique, costs, choices)
      self.monitor = monitor
      machine.executor = monitor
    }
    setWalkCaches(costs.walkCacheEntries)
  }

  /// Gives the harts that walk page tables in hardware the page-walk cache that the cost model has.
  private func setWalkCaches(_ entries: Int) {
    guard technique != .emulation else { return }
    for hart in host?.harts ?? machine.harts where hart.walkCacheEntries != entries { hart.walkCacheEntries = entries }
  }

  /// The virtual CPUs of a monitor, one for each hart; none under `native` and `emulation`.
  package var cpus: [VirtualCPU] { monitor?.cpus ?? [] }

  /// S-mode belongs to the loader, until the kernel is entered: for the ledger's stages. Whoever knows the images says so.
  package var isLoading = false {
    willSet { settle() }
    didSet {
      for account in accounts { account.isLoading = isLoading }
      for cpu in cpus { cpu.isLoading = isLoading }
    }
  }

  private func settle() { for account in accounts { account.settle() } }

  /// Where each physical hart's cycles went so far. All clocks are alike: a hart that was ahead has waited for the others.
  package var ledgers: [Ledger] {
    settle()
    var ledgers = monitor.map { $0.cpus.map(\.ledger) } ?? accounts.map(\.ledger)
    let elapsed = ledgers.map(\.clock).max() ?? 0
    for index in ledgers.indices { ledgers[index].wait(until: elapsed) }
    return ledgers
  }
  /// The account of a hart that stands right behind an instruction of the guest's which did not trap. Reading it charges nothing
  /// that would not be charged anyway.
  package func account(ofHart index: Int) -> HostAccount { monitor?.cpus[index].account ?? accounts[index].account }

  /// Exits of all harts.
  package var exits: ExitStatistics {
    cpus.reduce(into: specimen?.exits ?? ExitStatistics()) { $0.add($1.exits) }
  }
  /// Page faults of all physical harts, by what they were to the guest.
  package var faults: FaultCounts { cpus.reduce(into: FaultCounts()) { $0.add($1.faults) } }

  /// The cache of translated code; nil without one.
  package var codeCache: CodeCache? { monitor?.codeCache }

  /// What the shadow tables hold; nil without any.
  package var shadowReport: ShadowReport? { monitor?.shadowPaging?.report }
  /// The tree in which a hart's present context looks addresses up, and the entries on the way to one; nil where the monitor has
  /// none yet.
  package func shadowPath(to address: UInt64, hart: Int) -> (root: ShadowReport.Root, entries: [HostTableEntry])? {
    monitor?.shadowPaging?.path(to: address, for: machine.harts[hart])
  }

  /// Where in a hart's present address space an offset into the translation cache is mapped, the tree that it is found in, and the
  /// entries on the way: those of the shadow, then the cache's own, to which all shadows lead. Nil where there is no shadow yet.
  package func codePath(
    to offset: Int, hart: Int
  ) -> (address: UInt64, root: ShadowReport.Root, shadow: [HostTableEntry], own: [HostTableEntry])? {
    guard let cache = codeCache, let shadows = monitor?.shadowPaging else { return nil }
    let address = CodeCache.base(machine.harts[hart].translationRegime) &+ UInt64(offset)
    guard let path = shadows.path(to: address, for: machine.harts[hart]), let last = path.entries.last else {
      return nil
    }
    return (address, path.root, path.entries, cache.path(from: last, to: address))
  }

  /// The nested tables; nil without any.
  package var nestedReport: [NestedReport]? { monitor?.nestedPaging?.report }
  /// As ``shadowPath(to:hart:)``, for a guest-physical address in the nested tables.
  package func nestedPath(to address: UInt64, hart: Int) -> (table: NestedReport, entries: [HostTableEntry])? {
    monitor?.nestedPaging?.path(to: address, for: machine.harts[hart])
  }

  /// What the harts that run the guest counted, of all modes: physical ones under a monitor.
  package var hardwareCounts: HartCounts {
    (host?.harts ?? machine.harts).reduce(into: HartCounts()) { sum, hart in
      for mode in PrivilegeMode.allCases { sum.add(hart.counts(in: mode)) }
    }
  }
  /// Instructions that the guest retired in a mode.
  package func retired(in mode: PrivilegeMode) -> UInt64 {
    machine.harts.reduce(0) { $0 &+ $1.counts(in: mode).retired }
  }

  /// Somebody changed a hart's registers or the guest's memory from outside. `affectsTranslation` where CSRs or the mode did, so
  /// that what the monitor derived from them goes.
  package func guestWasChanged(hart: Int, affectsTranslation: Bool) {
    guard let monitor else { return }
    monitor.cpus[hart].cutServiceShort()
    if affectsTranslation { monitor.forgetTranslations() }
  }

  /// Changes the price of a row from now on.
  package func setCost(_ row: String, to number: UInt64) throws(CostModelError) {
    settle()
    try costs.set(row, to: number)
    for account in accounts { try account.setCost(row, to: number) }
    for cpu in cpus { try cpu.setCost(row, to: number) }
    if row == CostSetting.walkCacheEntries.name { setWalkCaches(Int(number)) }
  }
}

/// The monitor of one virtual machine: runs its harts on physical ones.
final class Monitor: HartExecutor {
  let cpus: [VirtualCPU]
  private let engine: any TechniqueEngine
  private let calls: MonitorFirmware

  init(
    _ machine: Machine, _ host: HostMachine, _ technique: Technique, _ costs: CostModel, _ choices: MonitorChoices
  ) {
    let isAssisted = technique.kind == .hardwareAssisted
    var shadows: ShadowPaging {
      ShadowPaging(host: host, policy: technique.policy ?? .traced, keepsUserBit: isAssisted)
    }
    let engine: any TechniqueEngine =
      if technique.kind == .binaryTranslation {
        BinaryTranslation(paging: shadows, host: host, choices)
      } else if !isAssisted {
        TrapAndEmulate(paging: shadows)
      } else if technique.paging == .shadow {
        HardwareAssisted(paging: .shadow(shadows), hartCount: host.harts.count)
      } else {
        HardwareAssisted(paging: .nested(NestedPaging(host: host, choices)), hartCount: host.harts.count)
      }
    self.engine = engine
    let calls = MonitorFirmware(machine)
    self.calls = calls
    cpus = zip(machine.harts, host.harts).map {
      VirtualCPU(
        hart: $0, physical: $1, technique: engine, calls: calls, frames: host.frames, costs: costs)
    }
    // What was loaded is there before the clock runs, and costs nothing.
    _ = host.frames.takeUnpaid()
    host.frames.isLoading = false
    host.frames.clock = { [unowned self] in cpus.reduce(0) { max($0, $1.ledger.clock) } }
    host.frames.whenReturning = { [unowned self, unowned engine, unowned machine] page in
      engine.pageIsReturned(cpus[machine.currentHart], page.value)
    }
    calls.fence = { [unowned self] in cpus[$0].fenceRemotely() }
  }

  func run(_ hart: Hart, allowance: Int, clock: UInt64, byStep: Bool) -> HartStop {
    cpus[hart.index].run(allowance: allowance, clock: clock, byStep: byStep)
  }
  func step(_ hart: Hart, clock: UInt64) -> HartStop {
    cpus[hart.index].run(allowance: 1, clock: clock, byStep: true, isSingle: true)
  }
  func isAtBreakpoint(_ hart: Hart) -> Bool { cpus[hart.index].isAtCacheBreakpoint }
  var nestedPaging: NestedPaging? { engine.nestedPaging }
  var shadowPaging: ShadowPaging? { engine.shadowPaging }
  var codeCache: CodeCache? { engine.codeCache }
  func forgetTranslations() { engine.reset() }
  func machineWasReset() {
    for cpu in cpus { cpu.reset() }
    engine.reset()
    calls.start()
  }
}
