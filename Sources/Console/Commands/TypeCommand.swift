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
    console.session.type(try bytes(arguments, of: name))
  }

  /// The bytes of a text in quotes, for a command of this name.
  static func bytes(_ arguments: Arguments, of name: String) throws(CommandError) -> [UInt8] {
    var text = arguments.text[...]
    guard text.hasPrefix("\""), text.count > 1 else {
      throw .failed("The text stands in quotes: \(name) \"version\\n\"")
    }
    text.removeFirst()
    if text.hasSuffix("\"") { text.removeLast() }
    return unescaped(text.utf8)
  }
}
