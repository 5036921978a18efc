import Debugger

enum NextiCommand: Command {
  static let name = "nexti"
  static let aliases = ["ni"]
  static let category = CommandCategory.running
  static let summary = "Execute one instruction, a call as a whole"
  static let help = """
    nexti [N]
    Like stepi, but a call (jal or jalr that keeps a return address) runs until it returns to the next instruction with the
    same stack pointer.
    Example: nexti
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let count = try console.count(arguments.text)
    try console.resume(byInstruction: true) { () throws(DebuggerError) in
      var stop = Stop(reason: .done)
      var left = count
      while left > 0, stop.reason == .done {
        if left < count, let hit = console.session.breakpointHere() { return hit }
        stop = try console.session.nextInstruction()
        left -= 1
      }
      return stop
    }
  }
}
