import Machine

// What a person did from outside while the guest ran, and how it is done again in a repeated run: Ctrl-C at a position, keys at
// the clocks of the borders that let them in.
extension Session {
  /// What came to the guest's console so far. Clocks, not positions: a guest that waits for keys retires nothing.
  package var inputArrivals: [ConsoleInput.Arrival] { machine.board.consoleInput.arrivals }

  /// Has input come at the clocks at which it came the first time, in place of what a log had still to bring. An empty log changes
  /// nothing.
  package func replayInput(_ log: [ConsoleInput.Arrival]) {
    if !log.isEmpty { machine.board.consoleInput.replay(log) }
  }

  /// Whether Ctrl-C asks what runs to stop, or asked it here the first time (``interruptAt``). If so, that is done with, and noted
  /// in ``interruptedAt``.
  package func takeInterrupt() -> Bool {
    guard interruptFlag.isSet || interruptAt == machine.position else { return false }
    noteInterrupt()
    return true
  }

  /// Ctrl-C has stopped something here.
  func noteInterrupt() {
    interruptFlag.clear()
    // The machine may not have come to look at it.
    _ = machine.stopRequest.take()
    interruptAt = nil
    interruptedAt = machine.position
  }

  /// As many of so many instructions as there are before ``interruptAt``.
  func beforeInterrupt(_ count: UInt64) -> UInt64 {
    guard let interruptAt, interruptAt > machine.position else { return count }
    return min(count, interruptAt - machine.position)
  }
}
