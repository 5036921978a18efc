enum EnableDeleteCommand: Command {
  static let name = "enable delete"
  static let category = CommandCategory.stops
  static let summary = "Enable breakpoints for one hit, then delete them"
  static let help = """
    enable delete N…
    The breakpoints stop once and are then deleted.
    Example: enable delete 2
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.forStops(arguments.text) { stop in
      stop.isEnabled = true
      stop.disposition = .delete
    }
  }
}
