enum UndisplayCommand: Command {
  static let name = "undisplay"
  static let category = CommandCategory.data
  static let summary = "Take displays away"
  static let help = """
    undisplay [N…]
    Example: undisplay 1
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let wanted = try console.numbers(arguments.text)
    for number in wanted where !console.displays.contains(where: { $0.number == number }) {
      throw .failed("There is no display number \(number).  `info display` lists them.")
    }
    console.displays.removeAll { wanted.isEmpty || wanted.contains($0.number) }
  }
}
