import Debugger

enum DiscardCommand: Command {
  static let name = "discard"
  static let category = CommandCategory.running
  static let summary = "As the monitor: begin with this exit anew"
  static let help = """
    discard
    At the (monitor) prompt: throws away what you have changed at this exit. The guest itself has seen nothing of it.
    Example: discard
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard console.session.manual?.draft != nil else {
      throw .failed("There is no work to throw away: you are not at an exit.")
    }
    console.session.discardDraft()
    for line in console.session.manualIntroduction { console.print(line) }
  }
}
