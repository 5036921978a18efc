import Debugger

enum WhileCommand: Command {
  static let name = "while"
  static let category = CommandCategory.scripting
  static let summary = "Run lines as long as an expression is true"
  static let help = """
    while EXPRESSION
    Runs the lines up to `end` again and again; loop_break leaves, loop_continue begins the next round. Ctrl-C stops it.
    Example: while $a0 > 0, then the lines stepi, end
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let body = try console.readBlock("while")
    if arguments.isEmpty { throw .failed("if/while commands require arguments.") }
    console.session.interruptedAt = nil
    while try console.evaluate(arguments.text).isTrue {
      // What stopped a command of the round stops the loop.
      if console.session.takeInterrupt() || console.session.interruptedAt != nil { throw .failed("Quit") }
      do { try console.runScript(ScriptSource(body)) } catch {
        if case .loopBreak = error { return }
        if case .loopContinue = error { continue }
        throw error
      }
    }
  }
}
