import Debugger

enum SaveBreakpointsCommand: Command {
  static let name = "save breakpoints"
  static let category = CommandCategory.stops
  static let summary = "Write all breakpoints to a file that `source` reads"
  static let help = """
    save breakpoints FILE
    Example: save breakpoints boot.vit, and another day: source boot.vit
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (file name in which to save).") }
    var text = ""
    for stop in console.session.stops {
      let condition = stop.condition.map { " if " + $0.text } ?? ""
      let prefix = stop.isTemporary ? "t" : ""
      switch stop.kind {
      case .breakpoint(_, let location): text += "\(prefix)break \(location)\(condition)\n"
      case .watchpoint(let watch): text += "\(watch.access.rawValue) \(watch.text)\(condition)\n"
      case .catchpoint(let what): text += "\(prefix)catch \(what.text)\(condition)\n"
      case .printf(_, let location, let format, let arguments):
        text += "dprintf \(location),\(format)\(arguments.isEmpty ? "" : "," + arguments)\n"
      }
      if stop.ignoreCount > 0 { text += "ignore $bpnum \(stop.ignoreCount)\n" }
      if !stop.commands.isEmpty { text += "commands\n" + stop.commands.map { "  \($0)\n" }.joined() + "end\n" }
      if !stop.isEnabled { text += "disable $bpnum\n" }
    }
    try console.surroundings.writeFile(arguments.text, Array(text.utf8), append: false)
    console.print("Saved to file '\(arguments.text)'.")
  }
}
