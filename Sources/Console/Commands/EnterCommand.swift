import Debugger

enum EnterCommand: Command {
  static let name = "enter"
  static let category = CommandCategory.running
  static let summary = "As the monitor: let the guest go on, if it is what a real hart would be"
  static let help = """
    enter
    At the (monitor) prompt: compares what you made of the guest with what its virtual hart itself makes of the exit, by one step or
    walk of its own: registers, CSRs, memory, and the shadow entry where one was missing. Says what differs; where nothing
    does, the guest goes on to the next exit. Set the guest's state by `set $REGISTER = `, `set {TYPE}ADDRESS = `, `inject`,
    `shadow map`. Until then nothing reaches the guest. `continue` gives the exits back to the monitor for good.
    Example: set $pc += 4, then enter
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let lines = try console.checkSession(session.checkDraft)
    guard lines.isEmpty else { return lines.forEach(console.print) }
    session.enterDraft()
    console.print("Right: state equals the hart's.")
    try console.resume { () throws(DebuggerError) in try session.resume() }
  }
}
