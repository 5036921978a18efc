import Debugger

enum UpCommand: Command {
  static let name = "up"
  static let category = CommandCategory.data
  static let summary = "Select the caller's frame"
  static let help = """
    up [N]
    Example: up
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let distance = Int(min(try console.count(arguments.text), 1 << 20))
    let top = console.session.backtrace(limit: console.selectedFrame + distance + 1).frames.count - 1
    if top == console.selectedFrame && distance > 0 { throw .failed("Initial frame selected; you can't go up.") }
    console.selectedFrame = min(top, console.selectedFrame + distance)
    try FrameCommand.run(Arguments(""), console)
  }
}
