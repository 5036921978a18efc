enum InfoDisplayCommand: Command {
  static let name = "info display"
  static let category = CommandCategory.data
  static let summary = "List what is shown at every stop"
  static let help = """
    info display
    Example: info display
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if console.displays.isEmpty { return console.print("There are no auto-display expressions now.") }
    console.print("Auto-display expressions now in effect:\nNum Enb Expression")
    for display in console.displays {
      let format = display.format.map { "/\($0) " } ?? ""
      console.print("\(display.number):   \(display.isEnabled ? "y" : "n")  \(format)\(display.expression)")
    }
  }
}
