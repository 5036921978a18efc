import Debugger

enum StartiCommand: Command {
  static let name = "starti"
  static let category = CommandCategory.running
  static let summary = "Go to reset, before the first instruction"
  static let help = """
    starti
    Starts the guest again from reset and stops before its first instruction.
    Example: starti, then stepi 6 walks through the boot ROM
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.finishGuestLine()
    try console.checkSession(console.session.restart)
    console.selectedFrame = 0
    console.print(console.stopLine)
    console.showDisplays()
  }
}
