enum AwatchCommand: Command {
  static let name = "awatch"
  static let category = CommandCategory.stops
  static let summary = "Stop when a place in memory is read or written"
  static let help = """
    awatch EXPRESSION [if CONDITION]
    Stops after an instruction that reads or writes the memory of EXPRESSION.
    Example: awatch system_calls
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try WatchCommand.set(arguments, console, .any)
  }
}
