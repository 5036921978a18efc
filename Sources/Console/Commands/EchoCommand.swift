import Debugger

enum EchoCommand: Command {
  static let name = "echo"
  static let category = CommandCategory.scripting
  static let summary = "Print text"
  static let help = """
    echo TEXT
    Prints TEXT; \\n, \\t and other C escapes are replaced. A backslash keeps blanks at either end.
    Example: echo booting\\n
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var text = arguments.text
    // A backslash at the end was there to keep a blank or the line.
    if text.hasSuffix("\\") { text.removeLast() }
    console.write(String(decoding: unescaped(text.utf8), as: UTF8.self))
  }
}
