enum RwatchCommand: Command {
  static let name = "rwatch"
  static let category = CommandCategory.stops
  static let summary = "Stop when a place in memory is read"
  static let help = """
    rwatch EXPRESSION [if CONDITION]
    Stops after an instruction that reads the memory of EXPRESSION.
    Example: rwatch {int}0x80004000
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try WatchCommand.set(arguments, console, .read)
  }
}
