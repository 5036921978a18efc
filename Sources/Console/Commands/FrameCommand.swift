import Debugger

enum FrameCommand: Command {
  static let name = "frame"
  static let aliases = ["f"]
  static let category = CommandCategory.data
  static let summary = "Select and show a frame"
  static let help = """
    frame [N]
    Selects frame N of the backtrace (0 is the innermost) for disassemble, finish and info frame. Registers stay those of the
    hart: what a frame's callee saved is not known without debug information.
    Example: frame 1
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if !arguments.isEmpty {
      try select(Int(min(try console.count(arguments.text), 1 << 20)), console)
    }
    console.print(console.style.symbols(BacktraceCommand.line(console.currentFrame, console)))
  }

  static func select(_ level: Int, _ console: Console) throws(CommandError) {
    guard console.session.backtrace(limit: level + 1).frames.count > level else {
      throw .failed("No frame at level \(level).  `bt` lists them.")
    }
    console.selectedFrame = level
  }
}
