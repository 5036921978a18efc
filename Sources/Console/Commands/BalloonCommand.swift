import Debugger
import Machine

enum BalloonCommand: Command {
  static let name = "balloon"
  static let category = CommandCategory.guest
  static let summary = "Ask the guest to give up so much memory"
  static let help = """
    balloon SIZE
    Sets how much memory the guest is to give up by its balloon, such as 64M; 0 gives it all back. A size is rounded up to whole
    pages of 4 KiB. The guest is told as it runs on, and its driver answers when it gets to it: `stepballoon` goes through that
    step by step, `catch balloon` stops there, `info balloon` and `info memory` show how far it is.
    The board needs a balloon: start with --balloon SIZE.
    Example: balloon 64M
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard let size = ByteCount.parse(arguments.text) else {
      throw .failed(
        arguments.isEmpty
          ? "Argument required (a size, such as 64M)." : "Bad size \"\(arguments.text)\": write it as 64M or 1G.")
    }
    try console.checkSession { () throws(DebuggerError) in try console.session.setBalloon(size) }
  }
}
