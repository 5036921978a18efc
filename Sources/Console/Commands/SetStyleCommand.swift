enum SetStyleCommand: Command {
  static let name = "set style"
  static let category = CommandCategory.support
  static let summary = "Colours"
  static let help = """
    set style enabled on|off
    Example: set style enabled off
    """
  static let completion = CompletionKind.words(["enabled"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    guard first == "enabled" else { throw .failed("\"set style\" must be followed by enabled on or enabled off.") }
    console.style.isEnabled = try Arguments(rest).isOn()
  }
}
