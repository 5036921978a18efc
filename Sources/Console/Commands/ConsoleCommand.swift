import Debugger

enum ConsoleCommand: Command {
  static let name = "console"
  static let category = CommandCategory.guest
  static let summary = "Give the keyboard to the guest"
  static let help = """
    console
    Lets the guest run with the terminal's keyboard and screen, unmarked, until Ctrl-] or a stop.
    Example: console
    """
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.requireLiving()
    console.finishGuestLine()
    try console.surroundings.attachKeyboard { () throws(CommandError) in
      console.isConsoleAttached = true
      defer { console.isConsoleAttached = false }
      try console.resume { () throws(DebuggerError) in
        let stop = try console.session.resume()
        console.isConsoleAttached = false
        console.output.write("\r\n")
        return stop
      }
    }
  }
}
