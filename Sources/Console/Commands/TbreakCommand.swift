enum TbreakCommand: Command {
  static let name = "tbreak"
  static let aliases = ["tb"]
  static let category = CommandCategory.stops
  static let summary = "Stop at a place, once"
  static let help = """
    tbreak [LOCATION] [if CONDITION]
    Like break, but the breakpoint is deleted when it is hit.
    Example: tbreak supervisor_main
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try BreakCommand.set(arguments, console, isTemporary: true)
  }
}
