import Debugger

enum InfoAddressCommand: Command {
  static let name = "info address"
  static let category = CommandCategory.data
  static let summary = "Where a symbol lies"
  static let help = """
    info address SYMBOL
    Example: info address main
    """
  static let completion = CompletionKind.location
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (a symbol).") }
    let all = console.session.symbols(named: arguments.text).map(\.entry)
    if all.isEmpty { throw .failed("No symbol \"\(arguments.text)\" in current context.") }
    for entry in all {
      let size = entry.symbol.size == 0 ? "no size" : "\(entry.symbol.size) bytes"
      console.print(
        "Symbol \"\(entry.symbol.displayName)\" is at \(hex(entry.symbol.address)) in \(entry.image), \(size).")
    }
  }
}
