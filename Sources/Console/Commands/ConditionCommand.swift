import Debugger

enum ConditionCommand: Command {
  static let name = "condition"
  static let category = CommandCategory.stops
  static let summary = "Give a breakpoint a condition"
  static let help = """
    condition N [EXPRESSION]
    Breakpoint N stops only where EXPRESSION is true; without EXPRESSION it stops always.
    Example: condition 1 $a0 == 0
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    if first.isEmpty { throw .failed("Argument required (breakpoint number).") }
    let stop = try console.stop(first)
    if rest.isEmpty {
      stop.condition = nil
      console.print("Breakpoint \(stop.number) now unconditional.")
    } else {
      stop.condition = try console.checkSession { () throws(DebuggerError) in
        try console.session.condition(rest, at: stop.locations)
      }
    }
  }
}
