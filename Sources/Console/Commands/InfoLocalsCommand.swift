import Debugger

enum InfoLocalsCommand: Command {
  static let name = "info locals"
  static let category = CommandCategory.source
  static let summary = "The local variables of the selected frame"
  static let help = """
    info locals
    Shows the variables of the frame's function that can be seen at its line, those of inner blocks first. <optimized out> is one that
    the compiler kept nowhere at this instruction.
    Example: info locals
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    show(areParameters: false, "No locals.", console)
  }

  static func show(areParameters: Bool, _ none: String, _ console: Console) {
    let session = console.session
    let frame = console.currentFrame
    guard let source = frame.source, source.line > 0 || !session.variables(of: frame).isEmpty else {
      return console.print("No symbol table info available.")
    }
    let variables = session.variables(of: frame).filter { $0.isParameter == areParameters }
    if variables.isEmpty { return console.print(none) }
    for variable in variables {
      let text: String
      switch variable.value {
      case .success(let value): text = session.withFrame(frame) { console.formatter.text(value, insideStructure: true) }
      case .failure: text = "<optimized out>"
      }
      console.print(console.style.symbols("\(variable.name) = \(text)"))
    }
  }
}
