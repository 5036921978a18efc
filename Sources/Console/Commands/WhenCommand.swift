import Debugger
import Machine

enum WhenCommand: Command {
  static let name = "when"
  static let category = CommandCategory.running
  static let summary = "Print the retired count"
  static let help = """
    when
    Prints how many instructions have retired since reset, over all harts: the position that `seek` takes.
    Example: when
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.print(String(console.session.machine.position))
  }
}
