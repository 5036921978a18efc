import Debugger

enum HintCommand: Command {
  static let name = "hint"
  static let category = CommandCategory.running
  static let summary = "As the monitor: help with the exit at hand, more of it each time"
  static let help = """
    hint
    At the (monitor) prompt. First what the exit is about, then in what you still differ from the guest's own hart, then what to
    type. `serve` has the monitor do it.
    Example: hint
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    for line in try console.checkSession(console.session.nextHint) { console.print(line) }
  }
}
