import Hypervisor
import Machine
import RISCV

/// `technique manual`: at each exit the person is the monitor, and works on a draft of the guest. The guest itself goes its own way,
/// served by the monitor as ever once the draft is right.
///
/// What is right a second run of the same guest says, the oracle: one exit ahead, it has let its virtual hart take its own step.
package final class ManualMonitor {
  /// What the person works on; nil while the guest runs.
  package internal(set) var draft: GuestDraft?
  /// How many hints were asked for at this exit.
  package internal(set) var hints = 0
  /// Exits that come to a device are served by the monitor.
  package var servesDevices = false
  /// So many exits to come are, too.
  package var exitsToServe: UInt64 = 0

  /// The ledger's clock at the exit that the draft is about.
  var start: UInt64 = 0
  var oracle: VirtualMachine?
  /// What the world had sent when the oracle was made: it has to be told of more by making it anew.
  var arrivals = (console: 0, balloon: 0)
  var answer: HartsAnswer?

  init() {}

  /// Drops what was known of a run.
  func forgetRun() {
    (draft, oracle, answer) = (nil, nil, nil)
  }
}

extension Session {
  /// Makes the person the monitor from the next exit on.
  package func beginManual() throws(DebuggerError) -> TechniqueSwitch? {
    var outcome: TechniqueSwitch?
    if technique != .trapAndEmulate {
      outcome = try change(to: .trapAndEmulate)
      if outcome == .interrupted { return outcome }
    }
    manual = ManualMonitor()
    updateHooks()
    beginDraft()
    return outcome
  }

  /// Gives the exits back to the monitor.
  package func endManual() {
    manual = nil
    updateHooks()
  }

  /// Whether an exit is one for the person.
  func isForPerson(_ event: Event, _ hart: Hart) -> Bool {
    guard case .exit(let cause, let value, _) = event.kind, let manual else { return false }
    if manual.servesDevices, device(cause, value, hart) != nil { return false }
    guard manual.exitsToServe == 0 else {
      manual.exitsToServe -= 1
      return false
    }
    return true
  }

  /// The name of what answers an access that faulted, where no RAM of the guest's does.
  func device(_ cause: ExceptionCause, _ value: UInt64, _ hart: Hart) -> String? {
    let kind: AccessKind
    switch cause {
    case .instructionPageFault: kind = .fetch
    case .loadPageFault: kind = .load
    case .storePageFault: kind = .store
    default: return nil
    }
    guard case .success(let physical) = hart.walk(GuestVirtualAddress(value), kind).result,
      !machine.memory.contains(physical.value)
    else { return nil }
    return machine.board.bus.window(at: physical)?.device.name ?? "nothing"
  }

  /// Lays a draft over the guest where the selected hart stands at an exit that nobody has begun to serve.
  func beginDraft() {
    guard let manual, manual.draft == nil, let cpu = virtualCPU, let service = cpu.service, service.done == nil,
      service.phase == .save, let exit = service.exit
    else { return }
    manual.draft = GuestDraft(machine, hart: selectedHart, exit: exit)
    (manual.start, manual.answer, manual.hints) = (service.start, nil, 0)
  }

  /// Throws the person's work at this exit away.
  package func discardDraft() {
    manual?.draft = nil
    beginDraft()
  }

  /// The draft, where the selected hart is the one that has exited.
  var draft: GuestDraft? { manual?.draft.flatMap { $0.hart.index == selectedHart ? $0 : nil } }

  func requireDraft() throws(DebuggerError) -> GuestDraft {
    guard manual != nil else { throw .other("You are not the monitor.  `technique manual` makes you that.") }
    guard let all = manual?.draft else {
      throw .other("The guest runs: there is no exit to serve.  `continue` goes to the next.")
    }
    guard let draft else { throw .other("The exit is hart \(all.hart.index)'s.  `hart \(all.hart.index)` goes there.") }
    return draft
  }

  // MARK: The oracle

  /// What the virtual hart makes of the exit at hand.
  func hartsAnswer() throws(DebuggerError) -> HartsAnswer {
    guard let manual, let cpu = virtualCPU else { throw .other("You are not the monitor.") }
    if let answer = manual.answer { return answer }
    let index = selectedHart
    let target = cpu.exits.count &+ 1
    let arrivals = (machine.board.consoleInput.arrivals.count, machine.board.balloonRequests.arrivals.count)
    if manual.arrivals != arrivals || manual.oracle.map({ $0.cpus[index].exits.count >= target }) ?? true {
      let fresh = try replica(under: technique)
      guard try advance(fresh, to: machine.position) else { throw .other("Interrupted.") }
      (manual.oracle, manual.arrivals) = (fresh, arrivals)
    }
    guard let oracle = manual.oracle else { throw .other("Interrupted.") }
    var reason = ExitReason.device
    oracle.machine.eventMask = .entry
    oracle.machine.eventHandler = { [unowned oracle] hart, event in
      guard hart.index == index, case .entry(let why, _) = event.kind else { return false }
      reason = why
      return oracle.cpus[index].exits.count >= target
    }
    interruptFlag.attach(oracle.machine.stopRequest)
    defer { interruptFlag.attach(machine.stopRequest) }
    search: while oracle.cpus[index].exits.count < target {
      switch oracle.machine.run(stepLimit: 20_000_000) {
      case .requested:
        noteInterrupt()
        throw .other("Interrupted.")
      // The guest's last exit has no entry.
      case .exited, .idleForever: break search
      case .limit, .breakpoint, .watch, .event: continue
      }
    }
    let address = manual.draft?.exit.value ?? 0
    let leaf = oracle.shadowPath(to: address, hart: index)?.entries.last.flatMap { $0.isLeaf ? $0 : nil }
    let answer = HartsAnswer(oracle.machine, hart: index, reason: reason, leaf: leaf)
    manual.answer = answer
    return answer
  }
}
