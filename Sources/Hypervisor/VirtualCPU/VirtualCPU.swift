import Machine
import RISCV

/// A virtual hart, the physical hart that works for it, and what that cost.
///
/// The guest's code runs on the physical hart until it traps: an exit. The monitor then serves it, phase by phase, and lets the
/// guest go on: an entry. Guest time counts what the guest executed and what was stepped for it; the exit's own trap on the
/// physical hart is no step of the guest's.
///
/// What every exit goes through, here and in the techniques, is spared the runtime's checks of overlapping accesses, which were a quarter
/// of an exit's instructions (`exclusivity`); nothing of it is passed on `inout` to code that comes back to it.
package final class VirtualCPU {
  /// The guest's architectural state. While the guest runs, its registers are on the physical hart.
  package let hart: Hart
  package let physical: Hart
  @exclusivity(unchecked) package internal(set) var ledger: Ledger
  @exclusivity(unchecked) package internal(set) var exits = ExitStatistics()
  @exclusivity(unchecked) package internal(set) var faults = FaultCounts()
  /// What the monitor is in the middle of; nil while it has nothing to do for this hart.
  @exclusivity(unchecked) package private(set) var service: Service?

  /// The guest's clock where the monitor last took over between two instructions, without an exit.
  @exclusivity(unchecked) package private(set) var takeoverClock: UInt64 = 0

  /// An exit, each phase of its service and the entry end a run, for whoever looks at them one by one.
  @exclusivity(unchecked) package var stopsAtPhases = false
  /// A single step is one instruction of the physical hart's, or one service of the monitor's.
  @exclusivity(unchecked) package var stepsHost = false

  let technique: any TechniqueEngine
  private let calls: MonitorFirmware
  private let frames: HostFrames
  @exclusivity(unchecked) private var meter = HartMeter()
  /// The physical hart's mode while the guest's code ran there last; nil before its first entry.
  @exclusivity(unchecked) package private(set) var guestMode: PrivilegeMode?
  /// The entry has been reported and charged, but for its `sret`, which has still to come.
  @exclusivity(unchecked) package private(set) var isEntering = false

  init(
    hart: Hart, physical: Hart, technique: any TechniqueEngine, calls: MonitorFirmware, frames: HostFrames,
    costs: CostModel
  ) {
    self.calls = calls
    self.hart = hart
    self.physical = physical
    self.technique = technique
    self.frames = frames
    ledger = Ledger(costs)
  }

  // MARK: Turns

  /// As ``HartExecutor/run(_:allowance:clock:byStep:)``.
  func run(allowance: Int, clock: UInt64, byStep: Bool, isSingle: Bool = false) -> HartStop {
    hart.beginPart(allowance: allowance, clock: clock)
    var byStep = byStep
    if isSingle { byStep = true }
    // A run may have been stopped where this one begins, but nowhere that it comes to.
    var wasStopped = service == nil
    while true {
      if hart.takeAttention() { return .attention }
      if service != nil { wasStopped = false }
      if let phase = service?.phase, phase != .restore {
        if phase == .interpret && !isSingle && hart.mayStopHere { return .breakpoint }
        let isInterrupt = phase == .inject && service?.trap == nil
        perform(phase)
        // An interrupt is a step of its own.
        if stopsAtPhases || isSingle && isInterrupt {
          _ = hart.takeAttention()
          return .attention
        }
        if stepsHost && isAboutToEnter {
          _ = hart.takeAttention()
          return .attention
        }
        continue
      }
      guard hart.wakeUp() else { return .waiting }
      let interrupt = hart.pendingInterrupt
      if let interrupt, technique.mustInject(interrupt, hart) {
        takeOver(.interrupt, for: .inject)
        if stopsAtPhases && service?.phase == .save { return .attention }
        continue
      }
      // An interrupt that the physical hart takes by itself is taken before the turn ends.
      if hart.budget <= 0 && interrupt == nil { return .allowance }
      if technique.mustStep(hart) {
        if !isSingle && hart.mayStopHere { return .breakpoint }
        takeOver(.unusual, for: .interpret)
        if stopsAtPhases && service?.phase == .save { return .attention }
        continue
      }
      if !(service?.isAnnounced ?? false), technique.mustAnnounce(self) {
        takeOver(.interrupt, for: .announce)
        if stopsAtPhases && service?.phase == .save { return .attention }
        continue
      }
      if technique.mustDispatch(self) {
        takeOver(.dispatch, for: .dispatch)
        if stopsAtPhases && service?.phase == .save { return .attention }
        continue
      }
      if let stop = runGuest(byStep: byStep, isSingle: isSingle, wasStopped: wasStopped) { return stop }
      wasStopped = false
      if stepsHost {
        _ = hart.takeAttention()
        return .attention
      }
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
  @exclusivity(unchecked) var isLoading = false

  /// Another hart asked this one to fence, by a call of the monitor.
  func fenceRemotely() {
    let state = TranslationState(hart)
    var after = state
    after.fences += 1
    technique.translationChanged(self, from: state, to: after, fence: Fence(0, hart))
  }

  // MARK: Guest code on the physical hart

  private func runGuest(byStep: Bool, isSingle: Bool, wasStopped: Bool) -> HartStop? {
    if hart.mustHandRecordsOut { return .attention }
    let mode = technique.prepare(self)
    guestMode = mode
    physical.copyRegisters(from: hart)
    if service != nil {
      perform(.restore)
      service = nil
      isEntering = true
      // Who waits for the entry sees the guest before it goes on.
      if hart.takeAttention() || stopsAtPhases { return .attention }
    }
    physical.observeAs(hart) { technique.kinds(for: $0, hart) }
    physical.enterGuest(mode, pc: technique.enter(self), isEntry: isEntering)
    isEntering = false
    let stop =
      isSingle
      ? physical.step(clock: hart.clock, byHost: stepsHost, wasStopped: wasStopped)
      : physical.run(allowance: hart.budget, clock: hart.clock, byStep: byStep)
    let exit = physical.takeExit()
    let trap = exit == nil ? 0 : 1
    hart.credit(steps: physical.used - trap, retired: physical.usedRetired)
    // A trap into the monitor counts as one of the physical hart's, but is none of the guest's.
    technique.chargeDirectExecution(self)
    if let exit {
      // The exit's cycles begin with its trap, which was charged with what ran before it.
      let price = ledger.price(Self.trapAction(exit.cause))
      service = Service(exit: exit, start: ledger.clock &- price, reason: .exception)
    } else {
      guestMode = physical.privilege
      physical.leaveGuest()
    }
    mirror(pc: exit?.pc ?? physical.pc)
    // Whoever looks at the exit knows the guest's instruction, wherever its code lies.
    service?.exit?.pc = hart.pc
    physical.handRecords(
      to: hart, mode: { technique.virtualMode(of: $0, hart) }, rename: { technique.rename(&$0, self) })
    if let exit {
      let physical = exit.cause.isGuestPageFault ? exit.guestPhysicalAddress : 0
      hart.report(.exit(cause: exit.cause, value: exit.value, physical: physical), if: .exit)
    }
    if exit != nil && stopsAtPhases {
      _ = hart.takeAttention()
      return .attention
    }
    return stop == .breakpoint ? .breakpoint : nil
  }

  /// Brings the virtual hart's registers up to date, for whoever looks.
  private func mirror(pc: UInt64) {
    technique.takeState(self)
    hart.copyRegisters(from: physical)
    hart.pc = technique.recover(self, pc: pc, isExit: service?.exit != nil)
  }

  // MARK: Services

  /// Runs the code of one phase of the service at hand.
  private func perform(_ phase: Phase) {
    // SAFETY: there is a service where a phase is performed. Its code does not look at it but by what it is given.
    ledger.stage = guestLayer
    if service!.isShort && !phase.isShort {
      // It has become a service like any other.
      ledger.charge(.monitor, .saveRegisters)
      service!.isShort = false
    }
    phase.code.run(self, &service!)
    payForFrames()
    service!.done = phase
  }

  /// Charges the frames that pages of the guest's memory got on their first touch.
  private func payForFrames() {
    let count = frames.takeUnpaid()
    if count > 0 { ledger.charge(.monitor, .allocateFrame, count) }
  }

  /// Charges what a traced store takes where the guest itself does it: the page is unprotected, the guest entered for one
  /// instruction, and protected again after a second exit. What the store does to the guest is the same.
  func chargeSteppedTrace(_ exit: Hart.Exit) {
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

  /// What became of a step of the virtual hart.
  enum StepOutcome: Equatable {
    case retired
    /// It was a call of the monitor, which is answered.
    case called
    /// It raised a trap, which is still to be delivered.
    case trapped(Trap)
  }

  /// One step of the virtual hart, and what of it concerns the monitor's tables. `bits` is the instruction, 0 where it has not been
  /// looked at.
  func step(_ bits: UInt32) -> StepOutcome {
    let before = TranslationState(hart)
    let fence = Fence(bits, hart)
    let trap = hart.stepVirtually(bits == 0 ? nil : bits)
    let after = TranslationState(hart)
    if after != before { technique.translationChanged(self, from: before, to: after, fence: fence) }
    if let trap { return .trapped(trap) }
    // The virtual hart retired the call; what it asks for is the monitor's to do.
    guard hart.takeCall() else { return .retired }
    ledger.charge(.monitor, .hypercall)
    calls.serve(hart)
    return .called
  }

  /// The monitor goes on to another errand; where it is not at work it takes over between two instructions of the guest, by an
  /// interrupt of its own.
  private func takeOver(_ reason: ExitReason, for errand: Phase) {
    guard service == nil else {
      service?.phase = errand
      return
    }
    ledger.stage = guestLayer
    takeoverClock = hart.clock
    service = Service(exit: nil, start: ledger.clock, reason: reason)
    service?.errand = errand
    ledger.charge(.hardware, .trapEntryInterrupt)
  }

  /// Harts and devices start again: what the monitor was doing is void.
  func reset() {
    service = nil
    isEntering = false
  }

  /// The service is done, and the next thing to happen is that the guest is entered: nothing is stepped or delivered before.
  package var isAboutToEnter: Bool {
    service?.phase == .restore && !hart.isWaiting && hart.pendingInterrupt == nil && !technique.mustStep(hart)
      && !technique.mustDispatch(self)
  }

  /// Where in the translation cache the physical hart goes on, in bytes from its start; nil where it runs the guest's own code, or where
  /// the monitor has to find the code first.
  package var cacheOffset: Int? { technique.cacheOffset(self) }

  /// The place in the translation cache before which the physical hart stands; nil where it does not run translated code, and while the
  /// monitor is at work.
  package var cachePlace: CachePlace? {
    guard service == nil, let offset = cacheOffset else { return nil }
    return technique.codeCache?.place(at: offset)
  }
  /// A breakpoint stands at ``cachePlace``.
  var isAtCacheBreakpoint: Bool {
    guard let cache = technique.codeCache, !cache.breakpoints.isEmpty, let place = cachePlace else { return false }
    return cache.breakpoints.contains(place)
  }

  /// The physical hart's mode: the one in which the guest's code runs, or supervisor, which is HS, while the monitor has work to
  /// do for it. (Where only the simulator's turn ended, the guest has not left its mode.)
  package var physicalMode: PrivilegeMode { service == nil ? guestMode ?? .supervisor : .supervisor }

  /// Somebody changed the guest from outside, so the exit at hand may be about something that is no more: the guest is entered
  /// again as it is now.
  func cutServiceShort() {
    service?.phase = .restore
    service?.trap = nil
  }

  // MARK: Charges

  func setCost(_ row: String, to number: UInt64) throws(CostModelError) { try ledger.set(row, to: number) }

  /// Charges what the physical hart did in one of its modes.
  func chargeHardware(_ mode: PrivilegeMode, as layer: Layer) {
    meter.charge(physical, mode, as: layer, to: &ledger)
  }

  /// What taking an exception is charged as.
  static func trapAction(_ cause: ExceptionCause) -> CostAction {
    switch cause {
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM: .trapEntryEcall
    case .instructionPageFault, .loadPageFault, .storePageFault, .instructionGuestPageFault, .loadGuestPageFault,
      .storeGuestPageFault:
      .trapEntryPageFault
    default: .trapEntryException
    }
  }
}
