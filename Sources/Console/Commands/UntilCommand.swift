enum UntilCommand: Command {
  static let name = "until"
  static let aliases = ["u"]
  static let category = CommandCategory.running
  static let summary = "Run to a place, or until the function returns"
  static let help = """
    until [LOCATION]
    Runs to LOCATION, or until the present function returns. Without LOCATION it is `next`, but a jump back in the function does
    not end it: at the end of a loop it leaves the loop.
    Example: until kernel.c:61
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.location
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { return try StepCommand.steps(.past, arguments, console) }
    try AdvanceCommand.run(arguments, console)
  }
}
