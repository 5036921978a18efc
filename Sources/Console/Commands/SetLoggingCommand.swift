enum SetLoggingCommand: Command {
  static let name = "set logging"
  static let category = CommandCategory.support
  static let summary = "Also write what the prompt shows to a file"
  static let help = """
    set logging enabled on|off
    set logging file FILE
    Example: set logging file boot.log, then set logging enabled on
    """
  static let completion = CompletionKind.words(["enabled", "file", "on", "off"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    switch first {
    case "file":
      if rest.isEmpty { throw .failed("Argument required (filename to set it to.).") }
      console.settings.logFile = rest
    case "enabled", "on", "off":
      let isOn = try Arguments(first == "enabled" ? rest : first).isOn()
      if isOn { try console.surroundings.writeFile(console.settings.logFile, [], append: true) }
      console.settings.isLogging = isOn
    default: throw .failed("\"set logging\" must be followed by enabled on, enabled off or file FILE.")
    }
  }
}
