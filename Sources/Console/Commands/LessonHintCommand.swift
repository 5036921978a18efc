enum LessonHintCommand: Command {
  static let name = "lesson hint"
  static let category = CommandCategory.lessons
  static let summary = "Help with this step, more of it each time"
  static let help = """
    lesson hint
    Example: lesson hint
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player in player.showHint() }
  }
}
