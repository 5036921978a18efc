enum TcatchCommand: Command {
  static let name = "tcatch"
  static let category = CommandCategory.stops
  static let summary = "Stop at an event, once"
  static let help = """
    tcatch EVENT [ARGUMENT] [if CONDITION]
    Like catch, but the catchpoint is deleted when it is hit.
    Example: tcatch privilege S
    """
  static let completion = CatchCommand.completion
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try CatchCommand.set(arguments, console, isTemporary: true)
  }
}
