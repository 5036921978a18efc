import Machine
import RISCV

/// Watches a monitor that is code of the machine itself, such as a student's: counts and times its exits, and holds what it makes of
/// each against what the architecture wants.
///
/// The machine is native, with the H extension. An exit is a trap from VS or VU into S-mode, which is HS; the entry is the `sret` that
/// goes back. A monitor that has never entered VS or VU runs its guest in U, and an exit is a trap from there. Traps that the firmware
/// takes are none. Nothing is changed by the watching (OBSERVATION-IS-FREE): the hart stops at both for the simulator alone.
package final class Specimen: HartExecutor {
  private unowned let machine: Machine
  private let account: (Int) -> HartAccount
  private let oracle: Hart
  /// Where the monitor keeps its virtual hart, if it does.
  private let recordAddress: UInt64?
  /// Where it says in which places it has its guest's memory, if it does.
  private let guestMemoryAddress: UInt64?
  private var watches: [Watch]
  private var imagePages: GuestImagePages?

  /// Exits that are over, of all harts.
  package private(set) var exits = ExitStatistics()
  package private(set) var entryCount: UInt64 = 0
  /// The first entry that was not right, and how many were not.
  package private(set) var firstMistake: EntryCheck?
  package private(set) var mistakeCount: UInt64 = 0

  /// What is known of one hart.
  private struct Watch {
    /// The exit that the monitor serves; nil in the guest, and before its first instruction.
    var exit: SpecimenExit?
    /// The last entry.
    var check: EntryCheck?
    /// The guest runs in U, because V stays 0; nil before its first instruction.
    var runsInUser: Bool?
    /// Instructions that retired or trapped since the monitor began, or got control last; nil while it does not have it.
    var monitorSteps: UInt64?
    /// It is told that it does not come back when it has run for so long, and again when that has doubled.
    var nextTold = Specimen.patience.ofLoop
    /// Registers and pc at some turn since, and when the next ones are kept.
    var sample: [UInt64] = []
    var nextSample: UInt64 = 0
  }

  /// Instructions after which a monitor that has not entered its guest is reported if its registers come back to what they were at
  /// the end of an earlier turn, and those after which it is in any case. Copying a large image takes long, but comes back to nothing.
  package static let patience = (ofLoop: UInt64(1_000_000), ofAny: UInt64(1_000_000_000))

  init(_ machine: Machine, account: @escaping (Int) -> HartAccount) throws(MachineError) {
    self.machine = machine
    self.account = account
    do { oracle = Hart(index: 0, memory: try PhysicalMemory(base: 0, size: 4096)) } catch {
      throw .memoryRefused(error)
    }
    oracle.becomeOracle()
    let monitor = machine.board.images.first { $0.role == .kernel }
    recordAddress = monitor?.address(of: VirtualHartRecord.symbol)
    guestMemoryAddress = monitor?.address(of: GuestMemoryRecord.symbol)
    watches = Array(repeating: Watch(), count: machine.harts.count)
    imagePages = GuestImagePages(machine)
    machineWasReset()
  }

  // MARK: What is known now

  /// The exit that the monitor serves on a hart; nil while the guest runs there.
  package func exit(of hart: Int) -> SpecimenExit? { watches[hart].exit }
  /// The last entry on a hart.
  package func lastCheck(of hart: Int) -> EntryCheck? { watches[hart].check }
  /// The guest runs on a hart in this mode.
  package func isGuest(_ mode: PrivilegeMode, on hart: Int) -> Bool {
    mode.isVirtual || (mode == .user && watches[hart].runsInUser == true)
  }
  /// The guest's image lies where the boot ROM of a machine jumps: it begins in M-mode.
  package var guestBeginsInMachineMode: Bool {
    machine.board.images.first { $0.role == .guest }.map { $0.entry == machine.memory.base } ?? false
  }
  /// A monitor without the H extension.
  package var runsGuestInUser: Bool { watches.contains { $0.runsInUser == true } }

  /// The virtual hart as the monitor keeps it, read now.
  package func record(of hart: Hart) throws(VirtualHartRecord.Absence) -> VirtualHartRecord {
    guard let recordAddress else { throw .noSymbol }
    return try VirtualHartRecord(at: recordAddress, of: hart, in: machine.memory)
  }

  /// The mode of the virtual hart whose guest is or was on a hart: 0 user, 1 supervisor, 3 machine.
  package func virtualPrivilege(of hart: Hart) -> UInt64 {
    if hart.privilege.isVirtual { return UInt64(hart.privilege.level) }
    if hart.privilege != .user, let exit = watches[hart.index].exit { return exit.state.privilege }
    return (try? record(of: hart))?.privilege ?? 1
  }

  // MARK: Running

  package func run(_ hart: Hart, allowance: Int, clock: UInt64, byStep: Bool) -> HartStop {
    let stop = hart.run(allowance: allowance, clock: clock, byStep: byStep)
    look(hart)
    return stop
  }
  package func step(_ hart: Hart, clock: UInt64) -> HartStop {
    let stop = hart.step(clock: clock)
    look(hart)
    return stop
  }
  package func machineWasReset() {
    for index in watches.indices { watches[index] = Watch() }
    for hart in machine.harts { hart.worldBorder = .either }
    imagePages?.reset()
  }

  private func look(_ hart: Hart) {
    switch hart.takeCrossing() {
    case .exit(let mode): hasExited(hart, from: mode)
    case .entry(let mode): hasEntered(hart, mode)
    case nil: break
    }
    watchPatience(hart)
  }

  private func watchPatience(_ hart: Hart) {
    let index = hart.index
    guard let before = watches[index].monitorSteps else {
      if hart.privilege == .supervisor { watches[index].monitorSteps = 0 }
      return
    }
    let steps = before &+ UInt64(hart.used)
    watches[index].monitorSteps = steps
    guard steps >= watches[index].nextTold else { return }
    let sample = (1..<32).map { hart.x($0) } + [hart.pc]
    if sample == watches[index].sample || steps >= Self.patience.ofAny {
      watches[index].nextTold = steps &* 2
      hart.report(.overdue(steps))
    } else if steps >= watches[index].nextSample {
      // Kept for twice as long each time, so that a round of any length is found.
      watches[index].sample = sample
      watches[index].nextSample = steps &* 2
    }
  }

  private func forgetPatience(_ index: Int) {
    watches[index].monitorSteps = nil
    watches[index].nextTold = Self.patience.ofLoop
    (watches[index].sample, watches[index].nextSample) = ([], 0)
  }

  private func hasExited(_ hart: Hart, from mode: PrivilegeMode) {
    let account = account(hart.index)
    account.settle()
    let trap = hart.trapOfSupervisor
    let cause = SpecimenExit.Cause(scause: trap.cause)
    let start = account.ledger.clock &- account.ledger.price(Self.trapAction(cause))
    if mode.isVirtual { account.chargeSwitch(.exitSwitch) }
    let (state, isWhole) = guestState(hart, pc: trap.pc, mode)
    let exit = SpecimenExit(
      hart: hart.index, cause: cause, value: trap.value, guestPhysicalAddress: trap.guestPhysicalAddress, pc: trap.pc,
      mode: mode, bits: instruction(hart, cause, trap.value, trap.pc, mode), state: state, isStateWhole: isWhole,
      position: machine.position &+ UInt64(hart.usedRetired), steps: machine.steps &+ UInt64(hart.used),
      monitorRetired: hart.counts(in: .supervisor).retired, start: start)
    watches[hart.index].exit = exit
    forgetPatience(hart.index)
    let isPhysical = if case .exception(let cause) = cause { cause.isGuestPageFault } else { false }
    switch cause {
    case .exception(let cause):
      hart.report(
        .exit(cause: cause, value: trap.value, physical: isPhysical ? trap.guestPhysicalAddress : 0), at: trap.pc,
        in: mode)
    case .interrupt(let interrupt): hart.report(.exitByInterrupt(interrupt), at: trap.pc, in: mode)
    }
  }

  private func hasEntered(_ hart: Hart, _ mode: PrivilegeMode) {
    let index = hart.index
    let account = account(index)
    account.settle()
    if mode.isVirtual { account.chargeSwitch(.entrySwitch) }
    watches[index].runsInUser = mode == .user
    forgetPatience(index)
    entryCount &+= 1
    let (state, isWhole) = guestState(hart, pc: hart.pc, mode)
    account.guestLayer = state.privilege == 0 ? .user : state.privilege == 1 ? .kernel : .firmware
    guard var exit = watches[index].exit else { return }
    exit.isStateWhole = exit.isStateWhole && isWhole
    watches[index].exit = nil
    let nearest = SpecimenRules(exit: exit, oracle: oracle).nearest(to: state)
    let cycles = account.ledger.clock &- exit.start
    var check = EntryCheck(
      exit: exit, reason: exit.reason(hart, state),
      instructions: hart.counts(in: .supervisor).retired &- exit.monitorRetired,
      cycles: cycles, state: state, mode: mode, expectation: nearest?.expectation,
      differences: nearest?.differences ?? [], missing: nil, position: machine.position &+ UInt64(hart.usedRetired),
      steps: machine.steps &+ UInt64(hart.used))
    check.missing = missingPage(check, hart)
    if check.missing == nil, mode.isVirtual, check.reason == .nestedFill, state.pc == exit.pc {
      check.wrongPage = imagePages?.wrongPage(exit.guestPhysicalAddress, hart, machine.memory)
    }
    check.wrongShadow = wrongShadow(check, hart)
    watches[index].check = check
    exits.note(check.reason, cycles)
    if !check.isRight {
      mistakeCount &+= 1
      if firstMistake == nil { firstMistake = check }
    }
    hart.report(.entry(check.reason, cycles: cycles))
  }

  // MARK: Looking at the guest

  /// What the guest can see, and whether all of it is known.
  private func guestState(_ hart: Hart, pc: UInt64, _ mode: PrivilegeMode) -> (GuestState, isWhole: Bool) {
    var state = GuestState(hart, pc: pc, mode: mode)
    guard !mode.isVirtual else { return (state, true) }
    guard let record = try? record(of: hart), record.values != nil else {
      state.csrs = nil
      state.privilege = 1
      return (state, false)
    }
    state.csrs = [:]
    if record.hasMachineMode {
      state.privilege = record.privilege
      // Word for word: what a write must not leave in a register is told where it was written.
      for csr in GuestState.machineRegisters { state.csrs?[csr] = (record[csr] ?? 0) | GuestState.constant(csr) }
    } else {
      state.privilege = record.privilege == 0 ? 0 : 1
      // As the hart would hold them: a monitor need not keep bits that are always the same.
      for register in GuestState.registers {
        _ = oracle.writeCSR(register.virtual.rawValue, record[register.guest] ?? 0)
        state.csrs?[register.guest] = oracle.readCSR(register.virtual.rawValue) ?? 0
      }
    }
    return (state, true)
  }

  /// The virtual address in the monitor's memory of a part of the guest's state that it keeps in its record.
  package func recordAddress(of place: GuestState.Place) -> UInt64? {
    guard let recordAddress else { return nil }
    return VirtualHartRecord.offset(of: place).map { recordAddress &+ $0 }
  }

  /// The encoding of the guest's instruction at an exit.
  private func instruction(
    _ hart: Hart, _ cause: SpecimenExit.Cause, _ value: UInt64, _ pc: UInt64, _ mode: PrivilegeMode
  ) -> UInt32 {
    if cause == .exception(.illegalInstruction) || cause == .exception(.virtualInstruction), value != 0 {
      return UInt32(truncatingIfNeeded: value)
    }
    func half(_ address: UInt64) -> UInt32? {
      hart.physicalAddress(of: GuestVirtualAddress(address), in: mode).flatMap {
        machine.memory.load($0, as: UInt16.self).map(UInt32.init)
      }
    }
    guard let low = half(pc) else { return 0 }
    if low & 3 != 3 { return low }
    return half(pc &+ 2).map { low | $0 << 16 } ?? 0
  }

  /// The walk of an access that faulted, and is to be tried again, where it still fails for the monitor's tables.
  private func missingPage(_ check: EntryCheck, _ hart: Hart) -> WalkReport? {
    guard let access = check.exit.access, check.state.pc == check.exit.pc else { return nil }
    let report = hart.walk(GuestVirtualAddress(check.exit.value), access, in: check.exit.mode)
    guard case .failure(let trap) = report.result else { return nil }
    // A fault of the first stage is the guest's own.
    return trap.cause.isGuestPageFault || !check.exit.mode.isVirtual ? report : nil
  }

  /// What is wrong in a shadow page table that has to be right now, where the monitor says where it has its guest's memory.
  private func wrongShadow(_ check: EntryCheck, _ hart: Hart) -> WrongShadow? {
    guard !check.mode.isVirtual, check.missing == nil, check.reason == .hiddenFault || check.reason == .fence,
      let guestMemoryAddress, let record = try? record(of: hart), record.values != nil,
      let guestMemory = GuestMemoryRecord(at: guestMemoryAddress, in: machine.memory)
    else { return nil }
    let shadow = ShadowCheck(
      memory: machine.memory, guestMemory: guestMemory, virtual: record, satp: hart.readCSR(CSR.satp.rawValue) ?? 0)
    return shadow.mistake(behind: check.exit, isFill: check.reason == .hiddenFault)
  }

  private static func trapAction(_ cause: SpecimenExit.Cause) -> CostAction {
    switch cause {
    case .interrupt: .trapEntryInterrupt
    case .exception(let cause): VirtualCPU.trapAction(cause)
    }
  }
}

extension SpecimenExit {
  /// What the exit turned out to be about, by what became of the guest.
  func reason(_ hart: Hart, _ state: GuestState) -> ExitReason {
    guard case .exception(let cause) = cause else { return .interrupt }
    switch cause {
    case .instructionGuestPageFault, .loadGuestPageFault, .storeGuestPageFault:
      return guestPhysicalAddress < MemoryMap.memory ? .device : .nestedFill
    case .illegalInstruction, .virtualInstruction: return ExitReason(instruction: bits)
    case .environmentCallFromU, .environmentCallFromVS:
      return self.state.x[17] == MonitorCalls.paravirtualExtension ? .hypercall : .environmentCall
    case .instructionPageFault, .loadPageFault, .storePageFault:
      if mode.isVirtual { return .trueFault }
      return state.pc == pc ? .hiddenFault : state.pc == next ? .device : .trueFault
    default: return .exception
    }
  }
}
