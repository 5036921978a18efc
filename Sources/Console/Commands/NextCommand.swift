enum NextCommand: Command {
  static let name = "next"
  static let aliases = ["n"]
  static let category = CommandCategory.running
  static let summary = "Step to the next line, calls as a whole"
  static let help = """
    next [N]
    Like step, but functions that are called run as a whole.
    Example: next 3
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try StepCommand.steps(.over, arguments, console)
  }
}
