import Debugger

enum StepworldCommand: Command {
  static let name = "stepworld"
  static let category = CommandCategory.running
  static let summary = "Run to the next change between guest and monitor, either way"
  static let help = """
    stepworld
    Stops at the next exit or entry, whichever comes first.
    Under native and emulation there is neither.
    Example: stepworld
    """
  static let repetition = Repetition.same
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.resume { () throws(DebuggerError) in try console.session.stepWorld([.exit, .entry]) }
  }
}
