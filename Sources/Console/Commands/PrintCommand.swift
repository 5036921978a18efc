import Debugger

enum PrintCommand: Command {
  static let name = "print"
  static let aliases = ["p", "inspect"]
  static let category = CommandCategory.data
  static let summary = "Print the value of an expression"
  static let help = """
    print[/FMT] [EXPRESSION]
    Computes an expression as C does and keeps it as $1, $2…; without one, prints the last value again. FMT is x d u o t a c f z s.
    Registers are $a0, $x10, $pc, $mstatus, $fa0; variables, members, enumerators and types are those of the debug information, of
    the selected frame first, FUNCTION::NAME those of another; other symbols are addresses; {TYPE}ADDRESS and (TYPE) are C's; gpa: before an
    address makes it guest-physical; $name = VALUE makes a variable; `=` also changes registers and memory.
    Example: print/x $a0 + 8*2
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let specification = try FormatSpecification(arguments.format, command: "print")
    if specification.format == .instruction {
      throw .failed("Format letter \"i\" is meaningless in \"print\" command.")
    }
    if specification.count != nil { throw .failed("Item count other than 1 is meaningless in \"print\" command.") }
    if specification.unit != nil { throw .failed("Size letters are meaningless in \"print\" command.") }
    let value: Value
    if arguments.isEmpty {
      guard let last = console.session.valueHistory.last else { throw .failed("No value has been printed yet.") }
      value = last
    } else {
      value = try console.evaluate(arguments.text)
    }
    if case .data = value.type, case .some(.symbol(let name)) = try? ExpressionParser.parse(arguments.text) {
      throw .failed(EvaluationError.unknownType(name).description)
    }
    let text = console.formatter.text(value, specification.format)
    console.print(console.style.symbols("$\(console.record(value)) = \(text)"))
  }
}
