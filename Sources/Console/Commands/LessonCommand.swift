enum LessonCommand: Command {
  static let name = "lesson"
  static let category = CommandCategory.lessons
  static let summary = "Show the present step of the lesson again, or do what the word behind it says"
  static let help = """
    lesson
    lesson next | skip | go N | check | hint | reset | status
    In a lesson (`vitrine lesson start N`). `lesson` alone shows the step that you are at.
    Example: lesson
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard arguments.isEmpty else {
      throw .failed("Undefined lesson command: \"\(arguments.words[0])\".  Try \"help lesson\".")
    }
    try console.lessonPlayer { player in player.showStep() }
  }
}
