import Debugger
import Machine
import RISCV

enum InfoHartsCommand: Command {
  static let name = "info harts"
  static let aliases = ["threads"]
  static let category = CommandCategory.machine
  static let summary = "List the harts"
  static let help = """
    info harts
    Shows where each hart stands; the selected one has a star, and the one whose turn it is says so.
    Example: info harts
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    for hart in session.machine.harts {
      let mark = hart.index == session.selectedHart ? "*" : " "
      let state = hart.isWaiting ? "waits (wfi)" : hart.index == session.machine.currentHart ? "its turn" : ""
      let line =
        "\(mark) \(hart.index)  \(hart.privilege.letter)  \(session.place(hart.pc).padded(36))  retired \(grouped(hart.retired))  \(state)"
      console.print(console.style.symbols(line.trimmedEnd))
    }
  }
}
