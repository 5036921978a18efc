import Debugger

enum ClearCommand: Command {
  static let name = "clear"
  static let category = CommandCategory.stops
  static let summary = "Delete the breakpoints at a place"
  static let help = """
    clear [LOCATION]
    Deletes every breakpoint at LOCATION, or at pc.
    Example: clear main
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let address = try console.checkSession { () throws(DebuggerError) in try session.resolve(location: arguments.text) }
    let hit = session.stops.filter { $0.address == address }
    if hit.isEmpty { throw .failed("No breakpoint at \(arguments.isEmpty ? "this place" : arguments.text).") }
    session.stops.removeAll { $0.address == address }
    session.updateHooks()
    console.print(
      "Deleted breakpoint\(hit.count == 1 ? "" : "s") \(hit.map { String($0.number) }.joined(separator: " "))")
  }
}
