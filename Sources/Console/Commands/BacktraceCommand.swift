import Debugger

enum BacktraceCommand: Command {
  static let name = "backtrace"
  static let aliases = ["bt", "where"]
  static let category = CommandCategory.data
  static let summary = "Show the calls that led here"
  static let help = """
    backtrace [N]
    Shows the frames from the innermost one, at most N. Without debug information a frame is found from the instructions at the
    beginning of its function, and believed only if a call stands before the return address; the last line says why it ends.
    Example: bt
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let limit = arguments.isEmpty ? 64 : max(1, Int(min(try console.count(arguments.text), 4096)))
    let trace = console.session.backtrace(limit: limit)
    for frame in trace.frames { console.print(console.style.symbols(line(frame, console))) }
    console.print("(ends here: \(trace.end))")
  }

  static func line(_ frame: Frame, _ console: Console) -> String {
    let name = console.session.location(of: frame.codeAddress)?.symbol.displayName ?? "??"
    return
      "#\(String(frame.level).padded(3)) \(hex16(frame.pc)) in \(name) ()\(frame.level == 0 ? "" : "   [\(frame.how)]")"
  }
}
