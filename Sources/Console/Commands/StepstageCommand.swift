import Debugger

enum StepstageCommand: Command {
  static let name = "stepstage"
  static let category = CommandCategory.running
  static let summary = "Run to the next stage of the boot"
  static let help = """
    stepstage
    Runs until a boot stage begins that the guest has not been in: firmware, loader, kernel, user. `info stages` lists them.
    Example: stepstage
    """
  static let repetition = Repetition.same
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.resume { () throws(DebuggerError) in try console.session.stepStage() }
  }
}
