import Debugger

enum InfoFrameCommand: Command {
  static let name = "info frame"
  static let aliases = ["f"]
  static let category = CommandCategory.data
  static let summary = "Tell what is known of the selected frame"
  static let help = """
    info frame
    Example: info frame
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let frame = console.currentFrame
    let frames = console.session.backtrace(limit: frame.level + 2).frames
    console.print(
      console.style.symbols(
        "Frame #\(frame.level): pc \(console.session.place(frame.pc)), sp \(hex(frame.stack)), found by \(frame.how ?? "call frame information")"
      ))
    if frames.count > frame.level + 1 {
      let caller = frames[frame.level + 1]
      console.print(
        console.style.symbols(
          "  called from \(console.session.place(caller.pc)): \(caller.trap ?? caller.how ?? "call frame information"); sp there \(hex(caller.stack))"
        ))
    }
  }
}
