import Debugger

enum BreakCommand: Command {
  static let name = "break"
  static let aliases = ["b", "br", "brea"]
  static let category = CommandCategory.stops
  static let summary = "Stop at a place"
  static let help = """
    break [LOCATION] [if CONDITION]
    Stops before the instruction at LOCATION: a symbol, `symbol+offset`, or *ADDRESS. A symbol means its first instruction.
    *tc:ADDRESS is a place in the translation cache: the stop comes before the physical hart executes the instruction there, also in the
    midst of one of the guest's. Such a breakpoint is for the unit that lies there now, and ends with it.
    The condition is computed inside the engine, so passing it over is fast. Without LOCATION the present pc is meant.
    Example: break trap_handler if $mcause == 2
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try set(arguments, console, isTemporary: false)
  }

  static func set(_ arguments: Arguments, _ console: Console, isTemporary: Bool) throws(CommandError) {
    let (location, condition) = arguments.splitCondition()
    let session = console.session
    let stop = try console.checkSession { () throws(DebuggerError) in
      let places = try session.locations(location, inCache: true)
      let text = location.isEmpty ? "*\(hex(places[0].address))" : location
      return try session.addStop(
        .breakpoint(places, location: text), isTemporary: isTemporary, condition: condition)
    }
    tell(stop, console)
  }

  /// Says where a new stop stands.
  static func tell(_ stop: StopPoint, _ console: Console) {
    let places = stop.locations.map(console.session.place)
    let source = console.session.sourceText(of: stop.locations[0]).map { "  " + $0 } ?? ""
    let rest = places.count > 1 ? " and \(places.count - 1) more; `info breakpoints` lists them" : ""
    console.print(console.style.symbols("\(stop.title) at \(places[0])\(source)\(rest)"))
  }
}
