import Debugger

enum StepentryCommand: Command {
  static let name = "stepentry"
  static let category = CommandCategory.running
  static let summary = "Run to the next entry into the guest"
  static let help = """
    stepentry
    Lets the monitor finish its work, and the guest run where it has none, until the guest is entered next. What the exit was
    about and the cycles that it took are shown.
    Under native and emulation there is neither.
    Example: stepexit, then stepentry: the life of one exit
    """
  static let repetition = Repetition.same
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.resume { () throws(DebuggerError) in try console.session.stepWorld(.entry) }
  }
}
