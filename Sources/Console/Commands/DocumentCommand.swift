enum DocumentCommand: Command {
  static let name = "document"
  static let category = CommandCategory.scripting
  static let summary = "Give a command of your own a help text"
  static let help = """
    document NAME
    Reads lines up to `end` as the help of NAME, which `define` made.
    Example: document both, then the line Print and disassemble., then end
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard console.userCommands[arguments.text] != nil else {
      throw .failed("Undefined command: \"\(arguments.text)\".  `define` makes it first.")
    }
    let body = try console.readBlock("documentation of \(arguments.text)")
    console.userCommands[arguments.text]?.documentation = body
  }
}
