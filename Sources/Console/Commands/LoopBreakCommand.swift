enum LoopBreakCommand: Command {
  static let name = "loop_break"
  static let category = CommandCategory.scripting
  static let summary = "Leave a while loop"
  static let help = """
    loop_break
    Example: loop_break
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) { throw .loopBreak }
}
