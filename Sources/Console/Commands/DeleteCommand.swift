import Debugger

enum DeleteCommand: Command {
  static let name = "delete"
  static let aliases = ["d", "del"]
  static let category = CommandCategory.stops
  static let summary = "Delete breakpoints"
  static let help = """
    delete [N…]
    delete display [N…]
    Deletes these breakpoints, watchpoints, catchpoints and dprintfs, or all of them.
    Example: delete 2
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    if first == "display" { return try UndisplayCommand.run(Arguments(rest), console) }
    let text = first == "breakpoints" ? rest : arguments.text
    try console.forStops(text) { stop in console.session.stops.removeAll { $0 === stop } }
  }
}
