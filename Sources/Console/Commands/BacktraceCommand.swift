import Debugger

enum BacktraceCommand: Command {
  static let name = "backtrace"
  static let aliases = ["bt", "where"]
  static let category = CommandCategory.data
  static let summary = "Show the calls that led here"
  static let help = """
    backtrace [N]
    Shows the frames from the innermost one, at most N: calls, calls that the compiler inlined, and behind a line `--- trap: … ---` the
    code that a trap interrupted. Without call frame information a frame is found from the instructions at the beginning of its
    function, and believed only if a call stands before the return address; [ ] says how. The last line says why it ends.
    Example: bt
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let limit = arguments.isEmpty ? 64 : max(1, Int(min(try console.count(arguments.text), 4096)))
    let trace = console.session.backtrace(limit: limit)
    for frame in trace.frames {
      if let trap = frame.trap { console.print(trap) }
      console.print(console.style.symbols(line(frame, console)))
    }
    console.print("(ends here: \(trace.end))")
  }

  /// A frame as gdb writes it; the address is left out where it is the beginning of the line.
  static func line(_ frame: Frame, _ console: Console) -> String {
    let session = console.session
    let name =
      frame.source?.function
      ?? session.withFrame(frame) { session.location(of: frame.codeAddress)?.symbol.displayName } ?? "??"
    var isLineStart = false
    if frame.isExact {
      isLineStart = session.withFrame(frame) { session.sourcePlace(at: frame.pc)?.addresses.lowerBound == frame.pc }
    }
    let isInlinedCaller = (frame.source?.depth ?? 0) > 0
    let address = isLineStart || isInlinedCaller ? "" : "\(hex16(frame.pc)) in "
    var text = "#\(String(frame.level).padded(3))\(address)\(name) (\(session.argumentText(frame, console.formatter)))"
    if let source = frame.source, source.line > 0 { text += " at \(source.file):\(source.line)" }
    if let how = frame.how, frame.level > 0, !isInlinedCaller { text += "   [\(how)]" }
    return text
  }
}
