import Debugger

enum StepiCommand: Command {
  static let name = "stepi"
  static let aliases = ["si"]
  static let category = CommandCategory.running
  static let summary = "Execute one instruction, or N"
  static let help = """
    stepi [N]
    Executes N guest instructions (1 without N), traps and interrupts included, and shows the next one. Breakpoints on the
    way stop it.
    Example: stepi 10
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let count = try console.count(arguments.text)
    try console.resume(byInstruction: true) { () throws(DebuggerError) in
      if count == 0 { return Stop(reason: .done) }
      var stop = try console.session.stepInstruction()
      var left = count - 1
      while left > 0, stop.reason == .done {
        if let hit = console.session.breakpointHere() { return hit }
        stop = try console.session.stepInstruction()
        left -= 1
      }
      return stop
    }
  }
}
