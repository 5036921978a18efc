enum DisableCommand: Command {
  static let name = "disable"
  static let category = CommandCategory.stops
  static let summary = "Keep breakpoints from stopping the guest"
  static let help = """
    disable [N…]
    disable display [N…]
    These breakpoints, or all, no longer stop the guest until they are enabled.
    Example: disable 1 3-5
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if try console.forDisplays(arguments, { $0.isEnabled = false }) { return }
    try console.forStops(arguments.text) { $0.isEnabled = false }
  }
}
