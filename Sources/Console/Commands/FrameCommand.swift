import Debugger

enum FrameCommand: Command {
  static let name = "frame"
  static let aliases = ["f"]
  static let category = CommandCategory.data
  static let summary = "Select and show a frame"
  static let help = """
    frame [N]
    Selects frame N of the backtrace (0 is the innermost): registers, variables, list, disassemble and finish are then those of
    the frame. A register that its callee need not have kept is void.
    Example: frame 1
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if !arguments.isEmpty {
      try select(Int(min(try console.count(arguments.text), 1 << 20)), console)
    }
    let frame = console.currentFrame
    console.print(console.style.symbols(BacktraceCommand.line(frame, console)))
    console.session.listPosition = nil
    if let text = console.session.sourceLine(of: frame) { console.print(text) }
  }

  static func select(_ level: Int, _ console: Console) throws(CommandError) {
    guard console.session.backtrace(limit: level + 1).frames.count > level else {
      throw .failed("No frame at level \(level).  `bt` lists them.")
    }
    console.selectedFrame = level
  }
}
