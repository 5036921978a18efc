enum SetVarCommand: Command {
  static let name = "set var"
  static let aliases = ["variable"]
  static let category = CommandCategory.data
  static let summary = "Compute an expression, most often an assignment"
  static let help = """
    set var EXPRESSION
    Example: set var {int}&counter = 0
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (expression to compute).") }
    _ = try console.evaluate(arguments.text)
  }
}
