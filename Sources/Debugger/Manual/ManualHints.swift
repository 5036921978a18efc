import Hypervisor
import RISCV

// Help at the `(monitor)` prompt, more of it each time.
extension Session {
  /// The next hint: what the exit is about; then what is still different; then what to type.
  package func nextHint() throws(DebuggerError) -> [String] {
    let draft = try requireDraft()
    let answer = try hartsAnswer()
    manual?.hints += 1
    switch manual?.hints {
    case 1: return [question(answer.reason) + "  (`hint` again: where you differ)"]
    case 2:
      var places = draft.differences(to: answer).map(\.name)
      if draft.verdict(on: draft.shadow, answer) != .right { places.append("the shadow entry") }
      return places.isEmpty
        ? ["Nothing is different: `enter`."]
        : ["Still different: \(places.joined(separator: ", ")).  (`hint` again: what to type)"]
    default:
      let commands = try commandsToType()
      return ["Type:"] + (commands + ["enter"]).map { "  " + $0 }
    }
  }

  /// The commands after which the draft is what the hart has.
  package func commandsToType() throws(DebuggerError) -> [String] {
    let draft = try requireDraft()
    let answer = try hartsAnswer()
    var commands: [String] = []
    if draft.verdict(on: draft.shadow, answer) != .right, let leaf = answer.leaf,
      case .success(let physical) = draft.hart.walk(GuestVirtualAddress(draft.exit.value), draft.exit.accessKind).result
    {
      let frame = virtualMachine.host?.hostAddress(of: GuestPhysicalAddress(physical.value & ~0xfff))
      let place = frame.map { "hpa:\(hex($0))" } ?? "gpa:\(hex(physical.value & ~0xfff))"
      commands.append(
        "shadow map gva:\(hex(draft.exit.value & ~0xfff)) \(place) \(Self.letters(leaf.value & 0x1e))")
    }
    if let delivery = delivery(draft, answer) { return commands + [delivery] }
    for difference in draft.differences(to: answer) {
      switch difference.place {
      case .register(let register): commands.append("set $\(register.name) = \(hex(difference.harts))")
      case .memory(let address): commands.append("set {unsigned long}gpa:\(hex(address)) = \(hex(difference.harts))")
      }
    }
    return commands
  }

  /// One trap or interrupt that makes all the difference.
  private func delivery(_ draft: GuestDraft, _ answer: HartsAnswer) -> String? {
    guard draft.isUntouched, let trial = GuestDraft(machine, hart: selectedHart, exit: draft.exit) else { return nil }
    let registers = answer.hart.privilege.trapRegisters
    guard let cause = answer.hart.readCSR(registers.cause.rawValue),
      let value = answer.hart.readCSR(registers.value.rawValue)
    else { return nil }
    let command: String
    if cause >> 63 == 1 {
      guard let interrupt = Interrupt(rawValue: cause & .max >> 1) else { return nil }
      trial.deliver(interrupt)
      command = "inject \(interrupt.argument)"
    } else {
      guard let exception = ExceptionCause(rawValue: cause) else { return nil }
      trial.deliver(Trap(exception, value: value))
      command = "inject \(exception.argument) \(hex(value))"
    }
    return trial.differences(to: answer).isEmpty ? command : nil
  }

  private func question(_ reason: ExitReason) -> String {
    switch reason {
    case .csrAccess:
      "The instruction is about a CSR, which the physical hart's U may not touch. What would the guest's hart do in its mode?"
    case .trapReturn: "A return from a trap handler: pc, mode and the stack of interrupt enables in mstatus change."
    case .fence: "A fence changes nothing that can be seen in registers and memory; the shadow follows stores anyway."
    case .wait: "The guest waits for an interrupt: the instruction is over, and its hart may go on later."
    case .hypercall: "A call of the monitor's own: what does it answer in a0 and a1?"
    case .environmentCall: "The guest calls its own kernel or firmware: its hart takes a trap. `inject` delivers one."
    case .exception, .trueFault, .protection:
      "The guest's own hart would refuse this, too: its handler has to hear of it. `inject` delivers a trap."
    case .device: "The virtual board has done its part. What does the instruction still have to do?"
    case .hiddenFault:
      "The guest's tables grant the access, and the shadow lacks the entry. `info walk` shows what the guest grants; grant no more."
    case .dirtyFault:
      "The first store to a page: the guest's hart sets D in the guest's entry. The shadow may have W then."
    case .tracedStore: "The store goes to a page table: do it, and the instruction is over."
    case .nestedFill, .guestAccess, .interrupt, .dispatch, .adapted, .unusual: "What would the guest's own hart do?"
    }
  }
}
