enum InfoCommand: Command {
  static let name = "info"
  static let aliases = ["i"]
  static let category = CommandCategory.support
  static let summary = "Show things about the guest and the prompt"
  static let help = """
    info SUBJECT
    Example: info registers
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.print("List of info subcommands:\n")
    for child in CommandTable.children(of: "info").sorted(by: { $0.name < $1.name }) {
      console.print("\(child.name) -- \(child.summary)")
    }
  }
}
