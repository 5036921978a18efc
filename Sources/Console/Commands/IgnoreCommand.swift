enum IgnoreCommand: Command {
  static let name = "ignore"
  static let category = CommandCategory.stops
  static let summary = "Pass over a breakpoint a number of times"
  static let help = """
    ignore N COUNT
    The next COUNT times that breakpoint N is reached and its condition holds, the guest does not stop.
    Example: ignore 1 100
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    if first.isEmpty { throw .failed("Argument required (a breakpoint number).") }
    let stop = try console.stop(first)
    if rest.isEmpty { throw .failed("Second argument (specified ignore-count) is missing.") }
    let count = Int(min(try console.count(rest), 1 << 40))
    stop.ignoreCount = count
    console.print(
      count == 0
        ? "Will stop next time breakpoint \(stop.number) is reached."
        : "Will ignore next \(count) crossings of breakpoint \(stop.number).")
  }
}
