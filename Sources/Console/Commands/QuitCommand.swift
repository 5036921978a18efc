enum QuitCommand: Command {
  static let name = "quit"
  static let aliases = ["q", "exit"]
  static let category = CommandCategory.support
  static let summary = "Leave"
  static let help = """
    quit [STATUS]
    Ends the session, with exit status STATUS or 0.
    Example: quit
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let status = arguments.isEmpty ? 0 : try console.evaluate(arguments.text).bits
    throw .quit(status: Int32(truncatingIfNeeded: status & 0xff))
  }
}
