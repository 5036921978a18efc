import Debugger
import RISCV

enum SideOffCommand: Command {
  static let name = "side off"
  static let category = CommandCategory.machine
  static let summary = "Close the columns"
  static let help = """
    side off
    Closes the columns. The session stands where it stood.
    Example: side off
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.checkSession(console.session.requireSide)
    console.session.closeSide()
    console.print("The columns are closed. The session stands at retired \(grouped(console.session.machine.position)):")
    console.print(console.stopLine)
  }
}
