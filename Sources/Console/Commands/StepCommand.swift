import Debugger

enum StepCommand: Command {
  static let name = "step"
  static let aliases = ["s"]
  static let category = CommandCategory.running
  static let summary = "Step until the function is left"
  static let help = """
    step [N]
    There are no line numbers yet, so step does what gdb does without them: it goes on until the function at pc is left.
    Example: step
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try stepOut(arguments, console)
  }

  static func stepOut(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let count = try console.count(arguments.text)
    try console.requireLiving()
    for _ in 0..<count {
      if let symbol = console.session.location(of: console.session.hart.pc)?.symbol {
        console.print(
          "Single stepping until exit from function \(symbol.displayName),\nwhich has no line number information.")
      }
      var reason = Stop.Reason.done
      try console.resume { () throws(DebuggerError) in
        let stop = try console.session.stepOutOfRange()
        reason = stop.reason
        return stop
      }
      if reason != .done { return }
    }
  }
}
