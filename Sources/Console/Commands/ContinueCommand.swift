import Debugger

enum ContinueCommand: Command {
  static let name = "continue"
  static let aliases = ["c", "fg"]
  static let category = CommandCategory.running
  static let summary = "Let the guest run on"
  static let help = """
    continue [N]
    Lets the guest run until a stop is hit, it ends, or Ctrl-C. With N, the breakpoint it stands at is passed over N-1 times. At the (monitor)
    prompt you are the monitor no longer: it serves this exit and those to come.
    Example: continue 3
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if !arguments.isEmpty {
      let count = try console.count(arguments.text)
      let pc = console.session.hart.pc
      if let stop = console.session.stops.last(where: { $0.isEnabled && $0.locations.contains { $0.address == pc } }),
        count > 1
      {
        stop.ignoreCount = Int(min(count - 1, 1 << 40))
        console.print("Will ignore next \(count - 1) crossings of breakpoint \(stop.number).  Continuing.")
      }
    }
    if console.session.manual?.draft != nil {
      console.session.endManual()
      console.print("The monitor serves this exit and those to come.")
    }
    try console.resume { () throws(DebuggerError) in try console.session.resume() }
  }
}
