enum SetHistoryCommand: Command {
  static let name = "set history"
  static let category = CommandCategory.support
  static let summary = "Whether the history is kept, and how long it is"
  static let help = """
    set history save on|off
    set history size N
    Example: set history save off
    """
  static let completion = CompletionKind.words(["save", "size"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    switch first {
    case "save": console.settings.historySave = try Arguments(rest).isOn()
    case "size":
      guard let size = Int(rest), size >= 0 else { throw .failed("A number is expected: set history size 1000.") }
      console.settings.historySize = size
    default: throw .failed("\"set history\" must be followed by save or size.")
    }
  }
}
