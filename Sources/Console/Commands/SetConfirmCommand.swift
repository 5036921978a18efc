enum SetConfirmCommand: Command {
  static let name = "set confirm"
  static let category = CommandCategory.support
  static let summary = "Accepted for gdb's scripts: nothing is asked here"
  static let help = """
    set confirm on|off
    No command asks back, so this changes nothing; scripts written for gdb may have it.
    Example: set confirm off
    """
  static let completion = CompletionKind.words(["on", "off"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.settings.confirm = try arguments.isOn()
  }
}
