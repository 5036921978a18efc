import Debugger

enum PtypeCommand: Command {
  static let name = "ptype"
  static let category = CommandCategory.source
  static let summary = "What a type is made of"
  static let help = """
    ptype [EXPRESSION | TYPE]
    Shows the type of EXPRESSION, or TYPE, with names replaced by what they stand for and structures with their members.
    Example: ptype struct trap_frame
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.print("type = \(try type(arguments, console).type.expanded)")
  }

  /// The type that a command names, or that of its expression.
  static func type(
    _ arguments: Arguments, _ console: Console
  ) throws(CommandError) -> (type: ValueType, isName: Bool) {
    let session = console.session
    if arguments.isEmpty {
      guard let last = session.valueHistory.last else { throw .failed("No value has been printed yet.") }
      return (last.type, false)
    }
    if let type = ExpressionParser.parseType(arguments.text, isType: { session.isType($0) }),
      (try? session.evaluate(arguments.text)) == nil
    {
      return (try console.check { () throws(EvaluationError) in try session.lookedUp(type) }, true)
    }
    return (try console.evaluate(arguments.text).type, false)
  }
}
