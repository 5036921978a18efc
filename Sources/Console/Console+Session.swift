import Debugger

// What most commands need of the session, with errors turned into the prompt's.
extension Console {
  /// Runs something of the debugger's; its error becomes the command's.
  @discardableResult
  func check<Result>(_ body: () throws(EvaluationError) -> Result) throws(CommandError) -> Result {
    do { return try body() } catch { throw .failed(error.description) }
  }
  @discardableResult
  func checkSession<Result>(_ body: () throws(DebuggerError) -> Result) throws(CommandError) -> Result {
    do { return try body() } catch { throw .failed(error.description) }
  }

  func evaluate(_ text: String) throws(CommandError) -> Value {
    try check { () throws(EvaluationError) in try session.evaluate(text) }
  }
  func address(_ text: String) throws(CommandError) -> SpacedAddress {
    try check { () throws(EvaluationError) in try session.address(of: text) }
  }
  /// A count such as that of `stepi 5`: an expression, 1 when there is none.
  func count(_ text: String) throws(CommandError) -> UInt64 {
    if text.isEmpty { return 1 }
    let value = try evaluate(text)
    guard Int64(bitPattern: value.bits) >= 0 else { throw .failed("A count cannot be negative: \(text).") }
    return value.bits
  }
  var formatter: ValueFormatter { session.formatter }

  /// Puts a value into the history and returns its number.
  func record(_ value: Value) -> Int {
    var value = value
    value.location = value.location.flatMap { if case .memory = $0 { $0 } else { nil } }
    session.valueHistory.append(value)
    return session.valueHistory.count
  }

  /// Lets the guest run by `body`, then shows the stop.
  func resume(
    byInstruction: Bool = false, _ body: () throws(DebuggerError) -> Stop
  ) throws(CommandError) {
    try requireLiving()
    selectedFrame = 0
    let stop = try checkSession(body)
    show(stop, byInstruction: byInstruction)
  }

  func requireLiving() throws(CommandError) {
    guard session.machine.board.exitRequest == nil else {
      throw .failed("The guest has ended.  `run` starts it again, `seek N` goes back to a retired count.")
    }
  }

  /// The frame that `up`, `down` and `frame` selected.
  var currentFrame: Frame { session.currentFrame }
}
