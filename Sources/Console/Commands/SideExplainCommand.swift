import Debugger
import Hypervisor

enum SideExplainCommand: Command {
  static let name = "side explain"
  static let category = CommandCategory.machine
  static let summary = "Show what a stale translation leads to under each technique, and why"
  static let help = """
    side explain stale
    After a stop at a stale translation (`set check stale-translation on`): runs the guest under each technique up to the same
    access, and tells whether it saw the page that the table named before or the one that it names now, and why. With columns
    open it is their techniques, else all. Columns and session do not move.
    Example: side explain stale
    """
  static let completion = CompletionKind.places([["stale"]])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    guard arguments.text == "stale" else { throw .failed("\"side explain\" must be followed by stale.") }
    guard let point = session.stalePoint else {
      throw .failed(
        "The guest has not stopped at a stale translation.  `set check stale-translation on` makes it stop there.")
    }
    let possible = Technique.all.filter { $0 != .native || session.configuration.bios != .monitor }
    let techniques = session.side?.columns.map(\.technique) ?? possible
    let views = try console.checkSession { () throws(DebuggerError) in
      try session.views(of: point, under: techniques)
    }
    guard let views else { return console.print("Interrupted.") }
    console.show(StaleViewRendering(point, views, session, width: SideTable.width(console)).lines)
  }
}
