enum SetPromptCommand: Command {
  static let name = "set prompt"
  static let category = CommandCategory.support
  static let summary = "Another prompt"
  static let help = """
    set prompt TEXT
    Example: set prompt (boot)
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.settings.prompt = arguments.text + " "
  }
}
