import Hypervisor
import Machine

// `side`: the guest of a session under several techniques.
extension Session {
  /// Opens the guest under these techniques, each brought to where the session stands. False when Ctrl-C stopped it: what was
  /// open before stays.
  package func openSide(_ techniques: [Technique]) throws(DebuggerError) -> Bool {
    var sessions: [Session] = []
    for technique in techniques {
      let fresh = try replica(under: technique)
      guard try advance(fresh, to: machine.position), try advanceOverTraps(fresh.machine) else { return false }
      let session = Session(fresh, beside: self)
      if !waitingInput.isEmpty { session.type(waitingInput) }
      sessions.append(session)
    }
    // The columns look at the flag between their slices; no machine is to be stopped in the middle of one.
    interruptFlag.attach(StopFlag())
    defer { interruptFlag.attach(machine.stopRequest) }
    let opened = try SideBySide(sessions, interruptFlag)
    opened.reference.onOutput = { [unowned self] in onConsoleOutput?($0) }
    side = opened
    return true
  }

  package func closeSide() { side = nil }

  /// The columns that are open.
  package func requireSide() throws(DebuggerError) -> SideBySide {
    guard let side else {
      throw .other(
        "No columns are open.  `side TECHNIQUE TECHNIQUE…` opens the guest side by side; `help technique` lists them.")
    }
    return side
  }

  /// Moves the columns, with Ctrl-C theirs meanwhile.
  package func moveSide<Result>(
    _ body: (SideBySide) throws(DebuggerError) -> Result
  ) throws(DebuggerError) -> Result {
    let side = try requireSide()
    interruptFlag.attach(StopFlag())
    defer { interruptFlag.attach(machine.stopRequest) }
    for column in side.columns { column.session.images = images }
    return try body(side)
  }

  /// Changes what an action costs from now on, here and in the columns.
  package func setCost(_ row: String, to number: UInt64) throws(CostModelError) {
    try virtualMachine.setCost(row, to: number)
    for column in side?.columns ?? [] { try column.session.virtualMachine.setCost(row, to: number) }
  }
}
