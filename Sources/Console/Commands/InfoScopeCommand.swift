import Debugger

enum InfoScopeCommand: Command {
  static let name = "info scope"
  static let category = CommandCategory.source
  static let summary = "The variables that can be seen at a place"
  static let help = """
    info scope LOCATION
    Lists arguments and local variables at LOCATION with their types; a breakpoint's condition there may use them.
    Example: info scope trap_handler
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (a location).") }
    let session = console.session
    let place = try console.checkSession { () throws(DebuggerError) in try session.locations(arguments.text)[0] }
    let variables = session.variables(at: place)
    if variables.isEmpty {
      return console.print("Scope for \(arguments.text) contains no locals or arguments.")
    }
    console.print("Scope for \(arguments.text):")
    for variable in variables {
      console.print("  \(variable.isParameter ? "argument" : "variable") \(variable.type.declaration(variable.name))")
    }
  }
}
