enum LessonGoCommand: Command {
  static let name = "lesson go"
  static let category = CommandCategory.lessons
  static let summary = "Go back to a step, with the machine as you left it there"
  static let help = """
    lesson go N
    Example: lesson go 2
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard let number = Int(arguments.text) else { throw .failed("A number of a step is wanted: `lesson go 2`.") }
    try console.lessonPlayer { player throws(CommandError) in try player.go(to: number) }
  }
}
