import Debugger

enum WatchCommand: Command {
  static let name = "watch"
  static let aliases = ["wat"]
  static let category = CommandCategory.stops
  static let summary = "Stop when a value changes"
  static let help = """
    watch EXPRESSION [if CONDITION]
    Stops after the instruction that changes the value. An expression in memory costs nothing while nobody touches it; one over
    registers is computed again after every instruction and is slow. The place is fixed when the watchpoint is made.
    Example: watch {long}0x80004000
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try set(arguments, console, .write)
  }

  static func set(_ arguments: Arguments, _ console: Console, _ access: Watch.Access) throws(CommandError) {
    var (text, condition) = arguments.splitCondition()
    for option in ["-location ", "-l "] where text.hasPrefix(option) {
      text = String(text.dropFirst(option.count)).trimmed
    }
    if text.isEmpty { throw .failed("Argument required (expression to compute).") }
    let stop = try console.checkSession { () throws(DebuggerError) in
      let watch = try console.session.watch(text, access)
      return try console.session.addStop(.watchpoint(watch), condition: condition)
    }
    console.print("\(stop.title): \(text)")
  }
}
