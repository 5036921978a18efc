import Debugger

enum InfoSymbolCommand: Command {
  static let name = "info symbol"
  static let category = CommandCategory.data
  static let summary = "Which symbol an address lies in"
  static let help = """
    info symbol ADDRESS
    Example: info symbol $pc
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (address).") }
    let address = try console.address(arguments.text)
    guard let location = console.session.location(of: address.value) else {
      return console.print("No symbol matches \(arguments.text).")
    }
    let offset = location.offset == 0 ? "" : " + \(location.offset)"
    console.print("\(location.symbol.displayName)\(offset) of \(location.image)")
  }
}
