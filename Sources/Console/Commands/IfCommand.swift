enum IfCommand: Command {
  static let name = "if"
  static let category = CommandCategory.scripting
  static let summary = "Run lines when an expression is true"
  static let help = """
    if EXPRESSION
    Runs the lines up to `else` or `end` when EXPRESSION is not zero, else those between `else` and `end`.
    Example: if $a0 == 0, then the lines echo zero\\n, else, echo more\\n, end
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let body = try console.readBlock("if")
    if arguments.isEmpty { throw .failed("if/while commands require arguments.") }
    let (yes, no) = console.splitElse(body)
    try console.runScript(ScriptSource(try console.evaluate(arguments.text).isTrue ? yes : no))
  }
}
