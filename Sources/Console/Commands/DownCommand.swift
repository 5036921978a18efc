import Debugger

enum DownCommand: Command {
  static let name = "down"
  static let category = CommandCategory.data
  static let summary = "Select the callee's frame"
  static let help = """
    down [N]
    Example: down
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let distance = Int(min(try console.count(arguments.text), 1 << 20))
    if console.selectedFrame == 0 && distance > 0 {
      throw .failed("Bottom (innermost) frame selected; you can't go down.")
    }
    console.selectedFrame = max(0, console.selectedFrame - distance)
    try FrameCommand.run(Arguments(""), console)
  }
}
