import Debugger

enum StepexitCommand: Command {
  static let name = "stepexit"
  static let category = CommandCategory.running
  static let summary = "Run to the next exit to the monitor"
  static let help = """
    stepexit
    Lets the guest run until it stops in the monitor next: the physical hart has trapped, and the monitor has not looked yet.
    The guest's pc is still at its instruction.
    Under native and emulation there is neither.
    Example: stepexit, then info registers host.scause
    """
  static let repetition = Repetition.same
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.resume { () throws(DebuggerError) in try console.session.stepWorld(.exit) }
  }
}
