enum SourceCommand: Command {
  static let name = "source"
  static let category = CommandCategory.scripting
  static let summary = "Run the commands of a file"
  static let help = """
    source FILE
    The first command that fails ends it.
    Example: source boot.vit
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("source command requires file name of file to source.") }
    let bytes = try console.surroundings.readFile(arguments.text)
    try console.runScript(ScriptSource(text: bytes, name: arguments.text))
  }
}
