enum NextCommand: Command {
  static let name = "next"
  static let aliases = ["n"]
  static let category = CommandCategory.running
  static let summary = "Step until the function is left, calls as a whole"
  static let help = """
    next [N]
    There are no line numbers yet, so next does what gdb does without them: it goes on until the function at pc is left.
    Example: next
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try StepCommand.stepOut(arguments, console)
  }
}
