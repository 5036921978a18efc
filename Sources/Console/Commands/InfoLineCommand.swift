import Debugger

enum InfoLineCommand: Command {
  static let name = "info line"
  static let category = CommandCategory.source
  static let summary = "Where the code of a line begins and ends"
  static let help = """
    info line [LOCATION]
    Shows the addresses of a line's code, in each place that has it; of the line at pc without LOCATION. `x/i` then goes on there.
    Example: info line kernel.c:61
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    if arguments.isEmpty, console.selectedFrame == 0, let phase = session.monitorPhase {
      let (image, path, line) = session.monitorSource(of: phase)
      let name = session.sources.name(of: path, in: image)
      return console.print(
        "Line \(line) of \"\(name)\" is the monitor's own, phase `\(phase.rawValue)`: it has no address in the guest.")
    }
    let wanted = arguments.isEmpty ? "*\(hex(console.currentFrame.codeAddress))" : arguments.text
    if !wanted.hasPrefix("*") {
      let line = try console.checkSession { () throws(DebuggerError) in try session.line(named: wanted) }
      let places = session.code(ofLine: line.line, in: line.path, of: line.image)
      let name = "Line \(line.line) of \"\(session.sources.name(of: line.path, in: line.image))\""
      if places.isEmpty { return console.print("\(name) contains no code.") }
      for place in places { show(name, place, console) }
      return
    }
    let address = try console.checkSession { () throws(DebuggerError) in try session.locations(wanted)[0].address }
    guard let place = session.sourcePlace(at: address) else {
      return console.print("No line number information available for address \(session.place(address))")
    }
    show(
      "Line \(place.line) of \"\(session.sources.name(of: place.path, in: place.image))\"",
      session.row(at: address) ?? place.addresses, console)
  }

  private static func show(_ name: String, _ addresses: Range<UInt64>, _ console: Console) {
    let (start, end) = (addresses.lowerBound, addresses.upperBound)
    console.print(
      console.style.symbols(
        "\(name) starts at address \(console.session.place(start)) and ends at \(console.session.place(end))."))
    console.examine.next = SpacedAddress(start)
    console.session.variables["_"] = Value(start, .long)
  }
}
