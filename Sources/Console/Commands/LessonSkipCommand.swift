enum LessonSkipCommand: Command {
  static let name = "lesson skip"
  static let category = CommandCategory.lessons
  static let summary = "Go on to the next step, whatever is open in this one"
  static let help = """
    lesson skip
    You can come back with `lesson go N`.
    Example: lesson skip
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player throws(CommandError) in try player.next(skipping: true) }
  }
}
