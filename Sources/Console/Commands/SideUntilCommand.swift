import Debugger

enum SideUntilCommand: Command {
  static let name = "side until"
  static let category = CommandCategory.machine
  static let summary = "Run all columns to a place"
  static let help = """
    side until LOCATION
    side until marker N|NAME
    Runs all columns to a place in the guest's code, or behind a marker (the hint `slti x0, x0, N`), and compares them there.
    Ctrl-C stops all at the same point. Breakpoints of the session do not count here.
    Example: side until marker ptemod
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    if arguments.isEmpty { throw .failed("Argument required (a location, or marker and its name).") }
    let goal: SideGoal
    let (first, rest) = arguments.splitFirst()
    if first == "marker" {
      if rest.isEmpty { throw .failed("Argument required (the number or the name of a marker).") }
      goal = .marker(try console.checkSession { () throws(DebuggerError) in try console.session.marker(rest) })
    } else {
      goal = .place(
        try console.checkSession { () throws(DebuggerError) in
          try side.reference.session.locations(arguments.text)
        })
    }
    let move = try console.moveSide { side throws(DebuggerError) in try side.run(to: goal) }
    console.show(SideRendering(side, console).arrival(move))
  }
}
