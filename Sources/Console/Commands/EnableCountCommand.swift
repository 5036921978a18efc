enum EnableCountCommand: Command {
  static let name = "enable count"
  static let category = CommandCategory.stops
  static let summary = "Enable breakpoints for a number of hits"
  static let help = """
    enable count COUNT N…
    The breakpoints stop COUNT times and are then disabled.
    Example: enable count 5 1
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    if first.isEmpty { throw .failed("Argument required (hit count).") }
    let count = Int(min(try console.count(first), 1 << 40))
    try console.forStops(rest) { stop in
      stop.isEnabled = true
      stop.disposition = .count(count)
    }
  }
}
