import Debugger

enum CommandsCommand: Command {
  static let name = "commands"
  static let category = CommandCategory.stops
  static let summary = "Commands to run whenever a breakpoint is hit"
  static let help = """
    commands [N…]
    Reads lines up to `end` and runs them at each stop of breakpoint N, or of the last one made. `silent` as the first line
    keeps the stop itself from being shown. No lines takes the commands away.
    Example: commands 1, then the lines silent, print $a0, continue, end
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let targets: [StopPoint]
    if arguments.isEmpty {
      guard let last = console.session.stops.last else { throw .failed("No breakpoints specified.") }
      targets = [last]
    } else {
      targets = try console.stops(arguments.text)
    }
    if console.source.isInteractive {
      console.print(
        "Type commands for breakpoint(s) \(targets.map { String($0.number) }.joined(separator: " ")), one per line.")
      console.print("End with a line saying just \"end\".")
    }
    let lines = try console.readBlock("list of commands")
    for target in targets { target.commands = lines.map(\.trimmed) }
  }
}
