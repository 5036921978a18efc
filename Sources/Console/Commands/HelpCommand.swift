import Debugger

enum HelpCommand: Command {
  static let name = "help"
  static let aliases = ["h"]
  static let category = CommandCategory.support
  static let summary = "Explain a command, or list those of a chapter"
  static let help = """
    help [COMMAND | CHAPTER | all]
    help convenience | $FUNCTION
    The second tells of the convenience functions, facts about the run that expressions can ask for: print $_exits("device").
    Example: help info walk
    """
  static let completion = CompletionKind.command
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty {
      console.print("Chapters of commands:\n")
      for category in CommandCategory.allCases { console.print("\(category.rawValue) -- \(category.summary)") }
      return console.print(
        "\nType \"help\" followed by a chapter or a command, \"help all\" for everything, \"apropos WORD\" to search,\n"
          + "\"help convenience\" for what expressions can ask: print $_exits().\n"
          + "Unique beginnings of names will do.")
    }
    if arguments.text == "all" {
      for category in CommandCategory.allCases { list(category, console) }
      return
    }
    if let category = CommandCategory(rawValue: arguments.text),
      CommandTable.topLevel.allSatisfy({ $0.name != arguments.text })
    {
      return list(category, console)
    }
    if arguments.text == "convenience" {
      console.print("Convenience functions, for expressions.\n")
      for function in ConvenienceFunction.all { console.print(function.line) }
      return console.print("\nExample: break main if $_exits(\"csr-access\") > 10")
    }
    if arguments.text.hasPrefix("$") { return try explain(functionNamed: arguments.text, console) }
    if arguments.text == "user-defined" {
      for (name, command) in console.userCommands.sorted(by: { $0.key < $1.key }) {
        console.print("\(name) -- \(command.documentation.first ?? "User-defined.")")
      }
      return
    }
    switch try console.resolve(arguments.text) {
    case .user(let name, _):
      let lines = console.userCommands[name]?.documentation ?? []
      console.print(lines.isEmpty ? "User-defined." : lines.joined(separator: "\n"))
    case .command(let command, let rest):
      if !rest.isEmpty && !command.name.contains(" ") && CommandTable.children(of: command.name).isEmpty == false {
        throw .failed("Undefined \(command.name) command: \"\(rest.text)\".  Try \"help \(command.name)\".")
      }
      explain(command, console)
    }
  }

  /// `$_exits`, also with its brackets.
  private static func explain(functionNamed text: String, _ console: Console) throws(CommandError) {
    let name = String(text.dropFirst().prefix { $0 != "(" && $0 != " " })
    guard let function = ConvenienceFunction.named(name) else {
      throw .failed(EvaluationError.unknownFunction(name).description)
    }
    console.print(function.line)
  }

  private static func list(_ category: CommandCategory, _ console: Console) {
    console.print("\(category.summary).\n")
    for command in CommandTable.all.filter({ $0.category == category }).sorted(by: { $0.name < $1.name }) {
      console.print(line(command))
    }
    console.print()
  }

  static func line(_ command: any Command.Type) -> String {
    ([command.name] + command.aliases).joined(separator: ", ") + " -- " + command.summary
  }

  private static func explain(_ command: any Command.Type, _ console: Console) {
    if !command.aliases.isEmpty { console.print(([command.name] + command.aliases).joined(separator: ", ")) }
    console.print("\(command.summary).\n\(command.help)")
    let children = CommandTable.children(of: command.name)
    if children.isEmpty { return }
    console.print("\nSubcommands:\n")
    for child in children.sorted(by: { $0.name < $1.name }) { console.print("\(child.name) -- \(child.summary)") }
  }
}
