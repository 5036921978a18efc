enum LoopContinueCommand: Command {
  static let name = "loop_continue"
  static let category = CommandCategory.scripting
  static let summary = "Begin the next round of a while loop"
  static let help = """
    loop_continue
    Example: loop_continue
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) { throw .loopContinue }
}
