import Machine
extension Session {
  package var interruptAt: UInt64? { get { nil } set {} }
  package var inputArrivals: [ConsoleInput.Arrival] { machine.board.consoleInput.arrivals }
  package func replayInput(_ log: [ConsoleInput.Arrival]) {}
}
