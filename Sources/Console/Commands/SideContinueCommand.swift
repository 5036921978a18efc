import Debugger

enum SideContinueCommand: Command {
  static let name = "side continue"
  static let aliases = ["c"]
  static let category = CommandCategory.machine
  static let summary = "Run all columns until the guest ends, or until they differ"
  static let help = """
    side continue
    Runs all columns until the guest ends, Ctrl-C, or until one is not as the first: then it tells the instruction.
    Example: side continue
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    if !arguments.isEmpty { throw .failed("There are no arguments.  `side until LOCATION` runs to a place.") }
    let move = try console.moveSide { side throws(DebuggerError) in try side.run(to: .end) }
    console.show(SideRendering(side, console).arrival(move))
  }
}
