enum TraceCommand: Command {
  static let name = "trace"
  static let category = CommandCategory.machine
  static let summary = "Write every instruction and what it does to a file"
  static let help = """
    trace start FILE[,format=jsonl|commit-log]
    trace stop
    `info trace` tells how far it is.
    Example: trace start boot.jsonl
    """
  static let completion = CompletionKind.words(["start", "stop"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    throw .failed("\"trace\" must be followed by start FILE or stop.")
  }
}
