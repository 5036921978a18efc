enum LessonNextCommand: Command {
  static let name = "lesson next"
  static let category = CommandCategory.lessons
  static let summary = "Go on to the next step"
  static let help = """
    lesson next
    Where something of this step is open, it says what; `lesson skip` goes on all the same.
    Example: lesson next
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player throws(CommandError) in try player.next(skipping: false) }
  }
}
