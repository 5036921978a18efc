enum EnableCommand: Command {
  static let name = "enable"
  static let category = CommandCategory.stops
  static let summary = "Make breakpoints work again"
  static let help = """
    enable [N…]                 these breakpoints, or all
    enable once N…              until hit once, then disabled
    enable count COUNT N…       until hit COUNT times, then disabled
    enable delete N…            until hit once, then deleted
    enable display [N…]         displays
    Example: enable once 2
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if try console.forDisplays(arguments, { $0.isEnabled = true }) { return }
    try console.forStops(arguments.text) { stop in
      stop.isEnabled = true
      stop.disposition = .keep
    }
  }
}
