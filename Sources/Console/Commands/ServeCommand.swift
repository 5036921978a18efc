import Debugger

enum ServeCommand: Command {
  static let name = "serve"
  static let category = CommandCategory.running
  static let summary = "As the monitor: have this exit served for you"
  static let help = """
    serve [N]
    serve device
    At the (monitor) prompt: gives this exit up; the monitor serves it (with N, this and those after it, N in all), and the guest
    goes on to the next. With device all accesses to devices are served without asking from now on, of which a guest that
    prints has many; `serve device off` ends that.
    Example: serve 10
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.words(["device"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    guard let manual = session.manual else {
      throw .failed("You are not the monitor.  `technique manual` makes you that.")
    }
    let words = arguments.words
    if words.first == "device" {
      manual.servesDevices = try Arguments(words.dropFirst().joined(separator: " ")).isOn()
      return console.print(
        manual.servesDevices
          ? "Exits to devices are served for you from the next on." : "Exits to devices stop again.")
    }
    let count = try console.count(arguments.text)
    guard count > 0 else { throw .failed("At least one exit has to be served: \(arguments.text).") }
    guard manual.draft != nil else {
      throw .failed("The guest runs: there is no exit to serve.  `continue` goes to the next.")
    }
    manual.exitsToServe = count - 1
    // Whatever stops the guest before, so many are not left over.
    defer { manual.exitsToServe = 0 }
    session.giveUpDraft()
    try console.resume { () throws(DebuggerError) in try session.resume() }
  }
}
