import Debugger

enum AdvanceCommand: Command {
  static let name = "advance"
  static let category = CommandCategory.running
  static let summary = "Run to a place"
  static let help = """
    advance LOCATION
    Runs to LOCATION, or until the present function returns.
    Example: advance main
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.location
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (a location).") }
    let places = try console.checkSession { () throws(DebuggerError) in
      try console.session.locations(arguments.text)
    }
    try console.resume { () throws(DebuggerError) in try console.session.advance(to: places) }
  }
}
