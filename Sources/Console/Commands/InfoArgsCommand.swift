enum InfoArgsCommand: Command {
  static let name = "info args"
  static let category = CommandCategory.source
  static let summary = "The arguments of the selected frame"
  static let help = """
    info args
    Shows the arguments as they are now: a function may have changed them.
    Example: info args
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    InfoLocalsCommand.show(areParameters: true, "No arguments.", console)
  }
}
