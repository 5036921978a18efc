import Debugger
import RISCV

enum InfoDigestCommand: Command {
  static let name = "info digest"
  static let category = CommandCategory.machine
  static let summary = "Show a number that stands for the guest's whole state"
  static let help = """
    info digest
    One number for the registers and CSRs of all harts, RAM and the balloon, and the retired count at which it is so. The same guest
    has the same there under every technique (EQUIVALENCE).
    Example: info digest
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let machine = console.session.machine
    console.print("digest \(hex16(machine.digest())) at retired \(grouped(machine.position))")
  }
}
