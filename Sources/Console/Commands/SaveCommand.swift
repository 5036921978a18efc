enum SaveCommand: Command {
  static let name = "save"
  static let category = CommandCategory.support
  static let summary = "Write breakpoints to a file"
  static let help = """
    save breakpoints FILE
    Example: save breakpoints boot.vit
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    throw .failed("\"save\" must be followed by the name of a save command: breakpoints.")
  }
}
