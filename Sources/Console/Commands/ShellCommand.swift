enum ShellCommand: Command {
  static let name = "shell"
  static let category = CommandCategory.support
  static let summary = "Run a command of the shell, such as another run of this tool"
  static let help = """
    shell COMMAND
    !COMMAND
    Runs COMMAND with /bin/sh on this terminal and comes back when it has ended. `vitrine` is found, wherever it lies.
    Example: shell vitrine compare hello
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard !arguments.isEmpty else { throw .failed("Which command?  `shell vitrine compare hello`, for one.") }
    console.finishGuestLine()
    console.output.flush()
    let status = try console.surroundings.runShell(arguments.text)
    if status != 0 { console.print("(status \(status))") }
  }
}
