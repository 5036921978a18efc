import Debugger
import Machine

enum HartCommand: Command {
  static let name = "hart"
  static let aliases = ["thread"]
  static let category = CommandCategory.machine
  static let summary = "Select the hart that commands are about"
  static let help = """
    hart [N]
    Selects hart N for registers, memory and walks until the guest runs again; stepi still executes the hart whose turn it is.
    Example: hart 1
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if !arguments.isEmpty {
      guard let number = Int(arguments.text), console.session.machine.harts.indices.contains(number) else {
        throw .failed(
          "No hart \(arguments.text): this machine has harts 0 to \(console.session.machine.harts.count - 1).")
      }
      console.session.selectedHart = number
      console.selectedFrame = 0
    }
    console.print(console.stopLine)
  }
}
