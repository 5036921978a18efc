enum EnableOnceCommand: Command {
  static let name = "enable once"
  static let category = CommandCategory.stops
  static let summary = "Enable breakpoints for one hit"
  static let help = """
    enable once N…
    The breakpoints stop once and are then disabled.
    Example: enable once 2 3
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.forStops(arguments.text) { stop in
      stop.isEnabled = true
      stop.disposition = .disable
    }
  }
}
