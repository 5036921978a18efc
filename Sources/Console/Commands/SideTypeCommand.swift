import Debugger

enum SideTypeCommand: Command {
  static let name = "side type"
  static let category = CommandCategory.machine
  static let summary = "Type text to the guest's console in every column"
  static let help = """
    side type "TEXT"
    In every column the guest receives TEXT at the same point, as the columns move on. `type` is for the session.
    Example: side type "ls\\n"
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    side.type(try TypeCommand.bytes(arguments, of: name))
  }
}
