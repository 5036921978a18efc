enum LessonStatusCommand: Command {
  static let name = "lesson status"
  static let category = CommandCategory.lessons
  static let summary = "List the steps and what is open in each"
  static let help = """
    lesson status
    Example: lesson status
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player in player.showStatus() }
  }
}
