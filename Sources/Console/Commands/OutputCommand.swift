enum OutputCommand: Command {
  static let name = "output"
  static let category = CommandCategory.scripting
  static let summary = "Print a value without number and newline"
  static let help = """
    output[/FMT] EXPRESSION
    For scripts: prints the bare value, keeps nothing in the history.
    Example: output/x $sp
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let specification = try FormatSpecification(arguments.format, command: "output")
    if arguments.isEmpty { throw .failed("Argument required (expression to compute).") }
    console.write(console.formatter.text(try console.evaluate(arguments.text), specification.format))
  }
}
