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
    let places = try console.checkSession { () throws(DebuggerError) in
      try session.locations(arguments.text, inCache: true)
    }
    let hit = session.stops.filter { $0.locations.contains(where: places.contains) }
    if hit.isEmpty { throw .failed("No breakpoint at \(arguments.isEmpty ? "this place" : arguments.text).") }
    session.stops.removeAll { $0.locations.contains(where: places.contains) }
    session.updateHooks()
    console.print(
      "Deleted breakpoint\(hit.count == 1 ? "" : "s") \(hit.map { String($0.number) }.joined(separator: " "))")
  }
}
