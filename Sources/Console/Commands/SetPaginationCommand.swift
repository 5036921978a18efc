enum SetPaginationCommand: Command {
  static let name = "set pagination"
  static let category = CommandCategory.support
  static let summary = "Stop long output at each page of the terminal, or not"
  static let help = """
    set pagination on|off
    Example: set pagination off
    """
  static let completion = CompletionKind.words(["on", "off"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.settings.pagination = try arguments.isOn()
  }
}
