import Machine
import RISCV

/// A virtual hart, the physical hart that works for it, and what that cost.
///
/// The guest's code runs on the physical hart until it traps: an exit. The monitor then serves it, phase by phase, and lets the
/// guest go on: an entry. Guest time counts what the guest executed and what was stepped for it; the exit's own trap on the
/// physical hart is no step of the guest's.
package final class VirtualCPU {
  /// The guest's architectural state. While the guest runs, its registers are on the physical hart.
  package let hart: Hart
  package let physical: Hart
  package internal(set) var ledger: Ledger
  package internal(set) var exits = ExitStatistics()
  package internal(set) var faults = FaultCounts()
  /// What the monitor is in the middle of; nil while it has nothing to do for this hart.
  package private(set) var service: Service?

  /// An exit, each phase of its service and the entry end a run, for whoever looks at them one by one.
  package var stopsAtPhases = false

  private let technique: any TechniqueEngine
  private let calls: MonitorFirmware
  private let guestShift: UInt64
  private var meter = HartMeter()
  /// The physical hart's mode while the guest's code ran there last.
  private var guestMode: PrivilegeMode?
  /// The entry has been reported and charged, but for its `sret`, which has still to come.
  package private(set) var isEntering = false

  init(
    hart: Hart, physical: Hart, technique: any TechniqueEngine, calls: MonitorFirmware, guestShift: UInt64,
    costs: CostModel
  ) {
    self.calls = calls
    self.hart = hart
    self.physical = physical
    self.technique = technique
    self.guestShift = guestShift
    ledger = Ledger(costs)
  }

  /// One exit from its trap to the entry.
  package struct Service: Sendable {
    /// Why the physical hart trapped; nil where the monitor took over between instructions.
    package var exit: Hart.Exit?
    package var phase: Phase
    /// The ledger's clock before the trap.
    package var start: UInt64
    package var reason: ExitReason
    /// The instruction at the exit, where it was looked at.
    package var bits: UInt32 = 0
    /// What the exit is about has been paid for.
    var isDispatched = false
  }

  /// What the monitor does next.
  package enum Phase: Sendable {
    /// The trap was taken; the guest's registers are still in the physical hart.
    case save
    /// The monitor finds out what the exit is about.
    case decode
    /// The page tables are walked, and an entry is made where one was missing.
    case fill
    /// The virtual hart executes the instruction.
    case emulate
    /// The service is done: the guest may go on.
    case restore
  }

  // MARK: Turns

  /// As ``HartExecutor/run(_:allowance:clock:byStep:)``.
  func run(allowance: Int, clock: UInt64, byStep: Bool, isSingle: Bool = false) -> HartStop {
    hart.beginPart(allowance: allowance, clock: clock)
    var byStep = byStep
    if isSingle { byStep = true }
    while true {
      if hart.takeAttention() { return .attention }
      if let service, service.phase != .restore {
        advance(service)
        if stopsAtPhases {
          _ = hart.takeAttention()
          return .attention
        }
        continue
      }
      guard hart.wakeUp() else { return .waiting }
      let interrupt = hart.pendingInterrupt
      if let interrupt, technique.mustInject(interrupt, hart) {
        inject()
        if isSingle { return .attention }
        continue
      }
      // An interrupt that the physical hart takes by itself is taken before the turn ends.
      if hart.budget <= 0 && interrupt == nil { return .allowance }
      if technique.mustStep(hart) {
        if !isSingle && hart.mayStopHere { return .breakpoint }
        stepInMonitor()
        continue
      }
      if technique.mustAnnounce(self) { announce() }
      if let stop = runGuest(byStep: byStep, isSingle: isSingle) { return stop }
    }
  }

  /// The layer of the guest's code that runs.
  var guestLayer: Layer {
    switch hart.privilege {
    case .machine: .firmware
    case .supervisor, .virtualSupervisor: isLoading ? .loader : .kernel
    case .user, .virtualUser: .user
    }
  }
  /// S-mode is still the loader's.
  var isLoading = false

  /// Another hart asked this one to fence, by a call of the monitor.
  func fenceRemotely() {
    let state = TranslationState(hart)
    var after = state
    after.fences += 1
    technique.translationChanged(self, from: state, to: after, fence: Fence(0, hart))
  }

  // MARK: Guest code on the physical hart

  private func runGuest(byStep: Bool, isSingle: Bool) -> HartStop? {
    let mode = technique.prepare(self)
    guestMode = mode
    physical.copyRegisters(from: hart)
    if let done = service {
      finish(done)
      service = nil
      isEntering = true
      // Who waits for the entry sees the guest before it goes on.
      if hart.takeAttention() || stopsAtPhases { return .attention }
    }
    physical.observeAs(hart, kinds: technique.observableKinds, physicalShift: guestShift)
    physical.enterGuest(mode, pc: hart.pc, isEntry: isEntering)
    isEntering = false
    let start = ledger.clock
    let stop =
      isSingle
      ? physical.step(clock: hart.clock)
      : physical.run(allowance: hart.budget, clock: hart.clock, byStep: byStep)
    let exit = physical.takeExit()
    let trap = exit == nil ? 0 : 1
    hart.credit(steps: physical.used - trap, retired: physical.usedRetired)
    // A trap into the monitor counts as one of the physical hart's, but is none of the guest's.
    technique.chargeDirectExecution(self)
    if let exit {
      service = Service(exit: exit, phase: .save, start: start, reason: .exception)
      startOfService(&service!)
    } else {
      guestMode = physical.privilege
      physical.leaveGuest()
    }
    mirror(pc: exit?.pc ?? physical.pc)
    physical.handRecords(to: hart, physicalShift: guestShift) { technique.virtualMode(of: $0, hart) }
    if let exit { hart.report(.exit(cause: exit.cause, value: exit.value), if: .exit) }
    if exit != nil && stopsAtPhases {
      _ = hart.takeAttention()
      return .attention
    }
    return stop == .breakpoint ? .breakpoint : nil
  }

  /// The exit's cycles begin with its trap, which was charged with what ran before it: both are told apart here.
  private func startOfService(_ service: inout Service) {
    let price = ledger.price(trapAction(service.exit!.cause))
    service.start = ledger.clock &- price
  }

  /// Brings the virtual hart's registers up to date, for whoever looks.
  private func mirror(pc: UInt64) {
    technique.takeState(self)
    hart.copyRegisters(from: physical)
    hart.pc = pc
  }

  // MARK: Services

  private func advance(_ current: Service) {
    var next = current
    ledger.stage = guestLayer
    switch current.phase {
    case .save:
      hart.copyRegisters(from: physical)
      ledger.charge(.monitor, .saveRegisters)
      next.phase = technique.chargeExit(self, current.exit!)
    case .decode: next.phase = decode(&next)
    case .fill:
      // What the access is has to be found out, as what an instruction is.
      if !technique.isToldOfFaults {
        ledger.charge(.monitor, .fetchDecode)
        next.isDispatched = true
      }
      switch technique.fill(self, current.exit!) {
      case .filled(let reason):
        next.reason = reason
        next.phase = .restore
      case .emulate(let reason):
        next.reason = reason
        next.phase = .decode
      }
    case .emulate:
      emulate(&next)
      next.phase = .restore
    case .restore: preconditionFailure("a service that is done has no next phase")
    }
    service = next
  }

  /// Fetches the guest's instruction and finds out what it wants.
  private func decode(_ service: inout Service) -> Phase {
    let exit = service.exit!
    if !service.isDispatched { ledger.charge(.monitor, .fetchDecode) }
    switch exit.cause {
    case .illegalInstruction, .virtualInstruction:
      service.bits = UInt32(truncatingIfNeeded: exit.value)
      service.reason = ExitReason(instruction: service.bits)
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM:
      service.reason = .environmentCall
    case .instructionPageFault, .loadPageFault, .storePageFault, .instructionGuestPageFault, .loadGuestPageFault,
      .storeGuestPageFault:
      // The fill has found the reason.
      break
    case .instructionAddressMisaligned, .instructionAccessFault, .breakpoint, .loadAddressMisaligned, .loadAccessFault,
      .storeAddressMisaligned, .storeAccessFault:
      service.reason = .exception
    }
    return .emulate
  }

  /// The virtual hart executes the instruction: what it means is the hart's own business.
  private func emulate(_ service: inout Service) {
    let (accesses, retired) = (hart.busAccesses, hart.retired)
    if step(service.bits) {
      service.reason = .hypercall
      return
    }
    if service.reason == .tracedStore && ledger.model.stepsTraces {
      chargeSteppedTrace(service.exit!)
    } else {
      // What does not retire has trapped: the monitor delivered an exception in its place.
      ledger.charge(.monitor, hart.retired == retired ? .inject : .emulate)
    }
    if hart.busAccesses != accesses {
      service.reason = .device
      ledger.charge(.monitor, .deviceModel)
    }
  }

  /// Charges what a traced store takes where the guest itself does it: the page is unprotected, the guest entered for one
  /// instruction, and protected again after a second exit. What the store does to the guest is the same.
  private func chargeSteppedTrace(_ exit: Hart.Exit) {
    ledger.charge(.monitor, .writeTable)
    ledger.charge(.monitor, .restoreRegisters)
    technique.chargeEntry(self)
    ledger.charge(.hardware, .trapReturn)
    ledger.charge(guestLayer, .instruction)
    ledger.charge(.hardware, .trapEntryException)
    _ = technique.chargeExit(self, exit)
    ledger.charge(.monitor, .saveRegisters)
    ledger.charge(.monitor, .writeTable)
  }

  /// One step of the virtual hart, and what of it concerns the monitor's tables. True where it was a call of the monitor, which
  /// is answered.
  private func step(_ bits: UInt32) -> Bool {
    let before = TranslationState(hart)
    let fence = Fence(bits, hart)
    hart.stepVirtually()
    let after = TranslationState(hart)
    if after != before { technique.translationChanged(self, from: before, to: after, fence: fence) }
    // The virtual hart retired the call; what it asks for is the monitor's to do.
    guard hart.takeCall() else { return false }
    ledger.charge(.monitor, .hypercall)
    calls.serve(hart)
    return true
  }

  /// Between instructions that the physical hart cannot run: the monitor stays, and steps on.
  private func stepInMonitor() {
    ledger.stage = guestLayer
    beginServiceIfNone(.unusual)
    ledger.charge(.monitor, .interpret)
    let accesses = hart.busAccesses
    _ = step(0)
    if hart.busAccesses != accesses { ledger.charge(.monitor, .deviceModel) }
  }

  /// Delivers the interrupt that is due.
  private func inject() {
    ledger.stage = guestLayer
    beginServiceIfNone(.interrupt)
    ledger.charge(.monitor, .inject)
    _ = hart.takeInterrupt()
  }

  /// Has the physical hart know of an interrupt that it is to deliver.
  private func announce() {
    ledger.stage = guestLayer
    beginServiceIfNone(.interrupt)
    ledger.charge(.monitor, .inject)
  }

  /// The monitor takes over between two instructions of the guest, by an interrupt of its own.
  private func beginServiceIfNone(_ reason: ExitReason) {
    guard service == nil else { return }
    service = Service(exit: nil, phase: .restore, start: ledger.clock, reason: reason)
    ledger.charge(.hardware, .trapEntryInterrupt)
    ledger.charge(.monitor, .saveRegisters)
  }

  /// The last phase: the guest's registers go back, and it is entered.
  private func finish(_ service: Service) {
    ledger.stage = guestLayer
    ledger.charge(.monitor, .restoreRegisters)
    technique.chargeEntry(self)
    let cycles = ledger.clock &- service.start &+ ledger.price(.trapReturn)
    exits.note(service.reason, cycles)
    hart.report(.entry(service.reason, cycles: cycles), if: .entry)
  }

  /// Harts and devices start again: what the monitor was doing is void.
  func reset() {
    service = nil
    isEntering = false
  }

  /// The physical hart's mode: the one in which the guest's code runs, or supervisor, which is HS, while the monitor has work to
  /// do for it. (Where only the simulator's turn ended, the guest has not left its mode.)
  package var physicalMode: PrivilegeMode { service == nil ? guestMode ?? .supervisor : .supervisor }

  /// Somebody changed the guest from outside, so the exit at hand may be about something that is no more: the guest is entered
  /// again as it is now.
  func cutServiceShort() { service?.phase = .restore }

  // MARK: Charges

  func setCost(_ row: String, to number: UInt64) throws(CostModelError) { try ledger.set(row, to: number) }

  /// Charges what the physical hart did in one of its modes.
  func chargeHardware(_ mode: PrivilegeMode, as layer: Layer) {
    meter.charge(physical, mode, as: layer, to: &ledger)
  }

  private func trapAction(_ cause: ExceptionCause) -> CostAction {
    switch cause {
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM: .trapEntryEcall
    case .instructionPageFault, .loadPageFault, .storePageFault, .instructionGuestPageFault, .loadGuestPageFault,
      .storeGuestPageFault:
      .trapEntryPageFault
    default: .trapEntryException
    }
  }
}

/// Page faults of the physical hart by what they were to the guest.
package struct FaultCounts: Sendable, Equatable {
  package var hidden: UInt64 = 0
  package var dirty: UInt64 = 0
  package var traced: UInt64 = 0
  package var `true`: UInt64 = 0

  /// Faults of all classes.
  package var total: UInt64 { hidden + dirty + traced + `true` }

  mutating func add(_ other: FaultCounts) {
    hidden += other.hidden
    dirty += other.dirty
    traced += other.traced
    `true` += other.true
  }

  mutating func note(_ kind: FaultClass) {
    switch kind {
    case .hidden: hidden += 1
    case .dirty: dirty += 1
    case .traced: traced += 1
    case .true: `true` += 1
    }
  }
}
