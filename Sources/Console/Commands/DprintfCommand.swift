import Debugger

enum DprintfCommand: Command {
  static let name = "dprintf"
  static let category = CommandCategory.stops
  static let summary = "Print at a place without stopping"
  static let help = """
    dprintf LOCATION,"FORMAT"[,EXPRESSION…]
    Prints whenever LOCATION is reached and lets the guest go on.
    Example: dprintf put_character,"prints %c\\n",$a0
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard let comma = arguments.text.firstIndex(of: ",") else {
      throw .failed("Format string required: dprintf LOCATION,\"FORMAT\",…")
    }
    let location = String(arguments.text[..<comma]).trimmed
    let rest = String(arguments.text[arguments.text.index(after: comma)...]).trimmed
    if location.isEmpty || rest.isEmpty { throw .failed("Format string required: dprintf LOCATION,\"FORMAT\",…") }
    let divided = try Console.divideFormat(rest)
    _ = try console.check { () throws(EvaluationError) in
      try ExpressionParser.parseList(divided.arguments, isType: { console.session.isType($0) })
    }
    let quoted = String(rest.dropLast(divided.arguments.isEmpty ? 0 : divided.arguments.count)).trimmed
    let format = quoted.hasSuffix(",") ? String(quoted.dropLast()).trimmed : quoted
    let stop = try console.checkSession { () throws(DebuggerError) in
      let places = try console.session.locations(location, inCache: true)
      return try console.session.addStop(
        .printf(places, location: location, format: format, arguments: divided.arguments))
    }
    BreakCommand.tell(stop, console)
  }
}
