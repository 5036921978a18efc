enum DefineCommand: Command {
  static let name = "define"
  static let category = CommandCategory.scripting
  static let summary = "Make a command of your own"
  static let help = """
    define NAME
    Reads lines up to `end`; NAME then runs them. $arg0, $arg1… are its arguments, $argc their number.
    Example: define both, then the lines print $arg0, x/i $pc, end
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let name = arguments.text
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
      throw .failed("Argument required: a name of letters, digits, - and _.")
    }
    if CommandTable.topLevel.contains(where: { $0.name == name || $0.aliases.contains(name) }) {
      throw .failed("\"\(name)\" is a command already; choose another name.")
    }
    if console.source.isInteractive {
      console.print("Type commands for definition of \"\(name)\".\nEnd with a line saying just \"end\".")
    }
    let body = try console.readBlock("definition of \(name)")
    console.userCommands[name] = UserCommand(body: body, documentation: console.userCommands[name]?.documentation ?? [])
  }
}
