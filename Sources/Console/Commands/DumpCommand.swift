enum DumpCommand: Command {
  static let name = "dump"
  static let category = CommandCategory.machine
  static let summary = "Write a picture of something to a file"
  static let help = """
    dump tc FILE.html|FILE.dot [COUNT]
    Example: dump tc units.html
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    throw .failed("\"dump\" must be followed by the name of a dump command: tc.")
  }
}
