import Debugger

enum FinishCommand: Command {
  static let name = "finish"
  static let aliases = ["fin"]
  static let category = CommandCategory.running
  static let summary = "Run until the selected frame returns"
  static let help = """
    finish
    Runs until the function of the selected frame returns to its caller, as `bt` shows it, and prints the value that it returned
    where the debug information tells its type.
    Example: up, then finish
    """
  static let repetition = Repetition.same
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.requireLiving()
    let plan = try console.checkSession { () throws(DebuggerError) in
      try console.session.finish(level: console.selectedFrame)
    }
    console.print(
      console.style.symbols("Run till exit from \(BacktraceCommand.line(plan.frame, console))"))
    var isThere = false
    try console.resume { () throws(DebuggerError) in
      let stop = try plan.run()
      isThere = stop.reason == .done
      return stop
    }
    guard isThere, let value = plan.value() else { return }
    console.print(
      console.style.symbols("Value returned is $\(console.record(value)) = \(console.formatter.text(value))"))
  }
}
