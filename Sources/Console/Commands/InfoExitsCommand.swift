import Debugger
import Hypervisor

enum InfoExitsCommand: Command {
  static let name = "info exits"
  static let category = CommandCategory.machine
  static let summary = "Count the exits to the monitor by reason, with what they took"
  static let help = """
    info exits
    Shows how often each reason made the guest exit, and the host cycles that the exits took, from the trap to the return:
    laid out as `perf kvm stat report` does. An exit counts once it is over. `info ledger` says where the cycles went.
    Example: info exits
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try console.checkSession(console.session.requireMonitor)
    let exits = console.session.virtualMachine.exits
    if exits.count == 0 { return console.print("No exit has come to its end yet.") }
    for line in exits.report { console.print(line) }
  }
}
