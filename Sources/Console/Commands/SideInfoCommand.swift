import Debugger

enum SideInfoCommand: Command {
  static let name = "side info"
  static let category = CommandCategory.machine
  static let summary = "Set the exits of all columns side by side"
  static let help = """
    side info exits
    Shows for each column what `info exits` shows for the session: how often each reason made the guest exit since reset, the share
    of the time in exits that it took, and the mean of its cycles.
    Example: side info exits
    """
  static let completion = CompletionKind.places([["exits"]])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    guard arguments.text == "exits" else { throw .failed("\"side info\" must be followed by exits.") }
    console.show(SideRendering(side, console).exitTable)
  }
}
