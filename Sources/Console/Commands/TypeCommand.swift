import Debugger

enum TypeCommand: Command {
  static let name = "type"
  static let category = CommandCategory.guest
  static let summary = "Type text to the guest's console"
  static let help = """
    type "TEXT"
    The guest receives TEXT as it runs on; \\n, \\r, \\t, \\x03 and the like are replaced.
    Example: type "version\\n"
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var text = arguments.text[...]
    guard text.hasPrefix("\""), text.count > 1 else { throw .failed("The text stands in quotes: type \"version\\n\"") }
    text.removeFirst()
    if text.hasSuffix("\"") { text.removeLast() }
    console.session.type(unescaped(text.utf8))
  }
}
