import Machine
import RISCV

/// What may become of a guest at an exit, by the architecture's own rules: what an instruction means is asked of a hart that is put
/// into the guest's state, and not written down here.
struct SpecimenRules {
  let exit: SpecimenExit
  /// A hart of nobody's, made by ``Hart/becomeOracle()``.
  let oracle: Hart

  /// The outcomes that are right.
  var expectations: [Expectation] {
    guard case .exception(let cause) = exit.cause else { return [again("nothing: an interrupt of the monitor's")] }
    switch cause {
    case .instructionGuestPageFault, .loadGuestPageFault, .storeGuestPageFault:
      return [again("the page is there, and the instruction is tried again")] + completed() + refused(exit.access!)
    case .illegalInstruction, .virtualInstruction: return emulated()
    case .environmentCallFromVS: return [answered()]
    case .environmentCallFromU where exit.state.hasMachineMode: return [taken(call(from: exit.state.privilege), 0)]
    case .environmentCallFromU where exit.mode == .user && exit.state.privilege != 0: return [answered()]
    case .instructionPageFault, .loadPageFault, .storePageFault:
      let taken = taken(cause, exit.value)
      // With tables of its own in place of the guest's, the fault may be the monitor's business, too.
      return exit.mode.isVirtual
        ? [taken]
        : [again("the shadow table has the page, and the instruction is tried again")]
          + completed() + (translates ? [taken] : []) + refused(exit.access!)
    default: return [taken(cause, exit.value)]
    }
  }

  /// The outcome that is nearest to what the guest got, and where that differs.
  func nearest(to state: GuestState) -> (expectation: Expectation, differences: [GuestState.Place])? {
    var all: [Expectation] = []
    if exit.isStateWhole {
      all = expectations
    } else if state.pc == exit.pc {
      // Of a virtual hart that the monitor keeps to itself, nothing is known once the guest goes on somewhere else.
      all = [again("the instruction is tried again")]
    }
    let judged = all.map { (expectation: $0, differences: $0.differences(from: state)) }
    // Where the guest goes on says most about what was meant.
    return judged.min { weight($0.differences) < weight($1.differences) }
  }

  private func weight(_ places: [GuestState.Place]) -> Int {
    places.reduce(0) { $0 + ($1 == .pc || $1 == .mode ? 40 : 1) }
  }

  private func again(_ meaning: String) -> Expectation { Expectation(state: exit.state, meaning: meaning) }

  /// The guest's own page table is in use: without one there are no page faults.
  private var translates: Bool { exit.state.privilege != 3 && exit.state[.csr(.satp)].map { $0 >> 60 != 0 } ?? true }

  /// All of the guest runs in U: what `ecall` is to it depends on the mode that it believes to be in.
  private func call(from privilege: UInt64) -> ExceptionCause {
    privilege == 3
      ? .environmentCallFromM : privilege == 1 ? .environmentCallFromS : .environmentCallFromU
  }

  /// The monitor has done the access in the guest's place, as for a device.
  private func completed() -> [Expectation] {
    guard exit.access != .fetch, exit.bits != 0 else { return [] }
    var state = exit.state
    state.pc = exit.next
    return [
      Expectation(
        state: state, open: written(by: exit.bits),
        meaning: "the monitor has done the access, and the guest goes on behind it")
    ]
  }

  private func written(by bits: UInt32) -> Set<GuestState.Place> {
    let number = Int(oracle.registerWritten(by: bits))
    if (1..<32).contains(number) { return [.x(number)] }
    let float = number - Int(RegisterNumber.firstFloat)
    return (0..<32).contains(float) ? [.f(float)] : []
  }

  private func refused(_ access: AccessKind) -> [Expectation] { [taken(.accessFault(access), exit.value)] }

  private func answered() -> Expectation {
    var state = exit.state
    state.pc = exit.pc &+ 4
    // Calls of the old kind answer in a0 alone.
    let isLegacy = exit.state.x[17] < 16
    return Expectation(
      state: state, open: isLegacy ? [.x(10)] : [.x(10), .x(11)],
      meaning: "the call is answered, and the guest goes on behind it")
  }

  /// The guest takes the exception itself.
  private func taken(_ cause: ExceptionCause, _ value: UInt64) -> Expectation {
    exit.state.load(into: oracle)
    oracle.takeAsGuest(cause, value: value)
    return Expectation(state: outcome, meaning: "the guest takes it: \(cause.name)")
  }

  /// What the instruction does where nobody traps it; or the guest is told that it is none, if a hart may do without it.
  private func emulated() -> [Expectation] {
    let bits = exit.bits
    guard bits != 0 else { return [taken(.illegalInstruction, 0)] }
    exit.state.load(into: oracle)
    oracle.execute(bits)
    var done = outcome
    let refused = taken(.illegalInstruction, UInt64(bits))
    if done == refused.state { return [refused] }
    var open: Set<GuestState.Place> = []
    if bits & 0x7f == 0x73 && bits >> 12 & 3 != 0 {
      let csr = CSR(rawValue: UInt16(bits >> 20))
      // The time, counters, pending interrupts: only the monitor knows.
      if !(csr.map(isKnown) ?? false) { open = written(by: bits) }
      // The H extension's own interrupts, which are always delegated.
      if csr == .mideleg, case .x(let number)? = written(by: bits).first {
        done.x[number] &= ~GuestState.ignored(.mideleg)
      }
    }
    let expected = Expectation(state: done, open: open, meaning: "the instruction is done in the guest's place")
    return isOwed ? [expected] : [expected, refused]
  }

  /// Every hart with an M-mode has this instruction: where it is allowed, the guest cannot be told that there is none.
  private var isOwed: Bool {
    guard exit.state.hasMachineMode, exit.bits & 0x7f == 0x73 else { return false }
    if exit.bits >> 12 & 3 != 0 { return CSR(rawValue: UInt16(exit.bits >> 20)).map(isKnown) ?? false }
    let (sret, mret, fence): (UInt32, UInt32, UInt32) = (0x1020_0073, 0x3020_0073, 0x1200_0073)
    return exit.bits == sret || exit.bits == mret || exit.bits & 0xfe00_7fff == fence
  }

  /// The monitor's record, or the hart, says what the guest has in this register.
  private func isKnown(_ csr: CSR) -> Bool {
    if exit.state.hasMachineMode { return GuestState.machineRegisters.contains(csr) || csr == .sstatus || csr == .sie }
    return GuestState.registers.contains { $0.guest == csr }
  }

  private var outcome: GuestState {
    exit.state.hasMachineMode
      ? GuestState(withMachineModeOf: oracle) : GuestState(oracle, pc: oracle.pc, mode: oracle.privilege)
  }
}
