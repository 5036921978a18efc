import Debugger

enum InfoBreakpointsCommand: Command {
  static let name = "info breakpoints"
  static let aliases = ["b", "watchpoints"]
  static let category = CommandCategory.stops
  static let summary = "List breakpoints, watchpoints and catchpoints with their hits"
  static let help = """
    info breakpoints
    Shows number, kind, what becomes of it, whether it is enabled, where it stands, its condition, hits and commands.
    Example: info breakpoints
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    if session.stops.isEmpty { return console.print("No breakpoints or watchpoints.") }
    console.print("Num     Type           Disp Enb Address            What")
    for stop in session.stops {
      var (kind, place, what): (String, String, String)
      switch stop.kind {
      case .breakpoint(let places, let location), .printf(let places, let location, _, _):
        kind = if case .printf = stop.kind { "dprintf" } else { "breakpoint" }
        if places.count == 1 {
          (place, what) = (address(places[0]), name(places[0], location, session))
        } else {
          (place, what) = ("<MULTIPLE>", location)
        }
      case .watchpoint(let watch):
        kind = ["watch": "watchpoint", "rwatch": "read watchpoint", "awatch": "acc watchpoint"][watch.access.rawValue]!
        (place, what) = ("", watch.text)
      case .catchpoint(let catchpoint): (kind, place, what) = ("catchpoint", "", catchpoint.text)
      }
      let number = String(stop.number).padded(7)
      console.print(
        console.style.symbols(
          "\(number) \(kind.padded(14)) \(stop.disposition.text.padded(4)) \(stop.isEnabled ? "y" : "n")   \(place.padded(18)) \(what)"
        ))
      if stop.locations.count > 1 {
        for (index, location) in stop.locations.enumerated() {
          console.print(
            console.style.symbols(
              "\("\(stop.number).\(index + 1)".padded(27)) \(stop.isEnabled ? "y" : "n")   "
                + "\(address(location)) \(name(location, "", session))"))
        }
      }
      if let condition = stop.condition { console.print("\tstop only if \(condition.text)") }
      if stop.hits > 0 { console.print("\talready hit \(stop.hits) time\(stop.hits == 1 ? "" : "s")") }
      for obstacle in stop.locations.compactMap({ $0.cachePlace.flatMap(session.obstacle) }) {
        console.print(console.style.symbols("\tcannot be reached: \(obstacle)"))
      }
      if stop.ignoreCount > 0 { console.print("\tignore next \(stop.ignoreCount) hits") }
      if case .count(let left) = stop.disposition {
        console.print("\tdisabled after \(left) more hit\(left == 1 ? "" : "s")")
      }
      if case .printf(_, _, let format, let arguments) = stop.kind {
        console.print("        printf \(format)\(arguments.isEmpty ? "" : "," + arguments)")
      }
      for line in stop.commands { console.print("        \(line)") }
    }
  }

  private static func address(_ location: CodeLocation) -> String {
    location.cachePlace.map { "tc:" + hex(UInt64($0.offset)) } ?? hex16(location.address)
  }

  private static func name(_ location: CodeLocation, _ typed: String, _ session: Session) -> String {
    if location.cachePlace != nil { return session.place(location).split(separator: " ", maxSplits: 1)[1].description }
    let place = session.place(location).split(separator: " ", maxSplits: 1)
    let source = session.sourceText(of: location).map { "  " + $0 } ?? ""
    return (place.count > 1 && place[1].hasPrefix("<") ? String(place[1]) : typed) + source
  }
}
