import Debugger
import Machine

enum RunCommand: Command {
  static let name = "run"
  static let aliases = ["r"]
  static let category = CommandCategory.running
  static let summary = "Start the guest, from reset when it has run already"
  static let help = """
    run
    Lets the guest run from where it stands at reset; when it has run already, it starts again from reset. Breakpoints and
    variables stay; changes made to its registers and memory are gone.
    Example: break main, then run
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if console.session.machine.position > 0 || console.session.machine.board.exitRequest != nil {
      console.finishGuestLine()
      try console.checkSession(console.session.restart)
    }
    try console.resume { () throws(DebuggerError) in try console.session.resume() }
  }
}
