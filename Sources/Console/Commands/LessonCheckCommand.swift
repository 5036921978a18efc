enum LessonCheckCommand: Command {
  static let name = "lesson check"
  static let category = CommandCategory.lessons
  static let summary = "Say what is open in this step, and why"
  static let help = """
    lesson check
    Most of what a step asks is noticed as soon as it is so. What takes a run of its own, such as a program of yours, is run by this.
    Example: lesson check
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player in player.showCheck() }
  }
}
