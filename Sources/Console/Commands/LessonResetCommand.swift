enum LessonResetCommand: Command {
  static let name = "lesson reset"
  static let category = CommandCategory.lessons
  static let summary = "Begin this step again, with the machine as it was then"
  static let help = """
    lesson reset
    What you have reached stays reached.
    Example: lesson reset
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player throws(CommandError) in try player.resetStep() }
  }
}
