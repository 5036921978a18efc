import Debugger

enum FinishCommand: Command {
  static let name = "finish"
  static let aliases = ["fin"]
  static let category = CommandCategory.running
  static let summary = "Run until the selected frame returns"
  static let help = """
    finish
    Runs until the function of the selected frame returns to its caller, as `bt` shows it.
    Example: up, then finish
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.requireLiving()
    let plan = try console.checkSession { () throws(DebuggerError) in
      try console.session.finish(level: console.selectedFrame)
    }
    console.print(
      console.style.symbols("Run till exit from #\(plan.frame.level)  \(console.session.place(plan.frame.pc))"))
    try console.resume(plan.run)
  }
}
