import Debugger

enum StepCommand: Command {
  static let name = "step"
  static let aliases = ["s"]
  static let category = CommandCategory.running
  static let summary = "Step to the next line, into functions"
  static let help = """
    step [N]
    Goes on to the beginning of another source line (N times). A function that is called is entered, behind its prologue, if it
    has lines; one without lines, and what handles a trap, runs as a whole. Where pc itself has no line, step goes on until the
    function is left.
    Example: step
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try steps(.into, arguments, console)
  }

  static func steps(_ kind: LineStep, _ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let count = try console.count(arguments.text)
    try console.requireLiving()
    for _ in 0..<count {
      if session.sourcePlace(at: session.hart.pc) == nil,
        let symbol = session.location(of: session.hart.pc)?.symbol
      {
        console.print(
          "Single stepping until exit from function \(symbol.displayName),\nwhich has no line number information.")
      }
      var reason = Stop.Reason.done
      try console.resume { () throws(DebuggerError) in
        let stop = try session.stepLine(kind)
        reason = stop.reason
        return stop
      }
      if reason != .done { return }
    }
  }
}
