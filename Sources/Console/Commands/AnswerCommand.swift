enum AnswerCommand: Command {
  static let name = "answer"
  static let category = CommandCategory.lessons
  static let summary = "Answer a question of the lesson"
  static let help = """
    answer [ID] TEXT
    TEXT is a number (decimal, or with 0x), a word, or the letter of a choice. ID is the name of the question, where the step has
    several; without it the first open one is meant.
    Example: answer 0x80001000
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.lessonPlayer { player throws(CommandError) in try player.answer(arguments.text) }
  }
}
