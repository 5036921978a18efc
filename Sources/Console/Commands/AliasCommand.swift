enum AliasCommand: Command {
  static let name = "alias"
  static let category = CommandCategory.scripting
  static let summary = "Give a command another name"
  static let help = """
    alias NAME = COMMAND
    Example: alias w = info walk
    """
  static let completion = CompletionKind.command
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty {
      for (name, command) in console.userAliases.sorted(by: { $0.key < $1.key }) {
        console.print("alias \(name) = \(command)")
      }
      return
    }
    let parts = arguments.text.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !parts[0].contains(" ") else {
      throw .failed("Usage: alias NAME = COMMAND")
    }
    if CommandTable.topLevel.contains(where: { $0.name == parts[0] || $0.aliases.contains(parts[0]) }) {
      throw .failed("Alias already exists: \(parts[0])")
    }
    _ = try console.resolve(parts[1])
    console.userAliases[parts[0]] = parts[1]
  }
}
