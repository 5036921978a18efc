enum SetCommand: Command {
  static let name = "set"
  static let category = CommandCategory.data
  static let summary = "Change a register, a variable, memory, or a setting"
  static let help = """
    set $REGISTER = VALUE
    set $NAME = VALUE
    set {TYPE}ADDRESS = VALUE
    set var EXPRESSION            for what looks like a setting
    set SETTING VALUE             `show` lists the settings
    Example: set $a0 = 5
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (expression to compute).  `show` lists the settings.") }
    let first = arguments.text.first!
    guard "$({*+-'".contains(first) || first.isNumber || arguments.text.contains("=") else {
      throw .failed(
        "No symbol \"\(arguments.splitFirst().first)\" in current context.  `show` lists the settings; `set var` assigns."
      )
    }
    _ = try console.evaluate(arguments.text)
  }
}
