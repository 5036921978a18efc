import Debugger
import Machine
import RISCV

enum SeekCommand: Command {
  static let name = "seek"
  static let category = CommandCategory.running
  static let summary = "Go to a retired count, forwards or backwards"
  static let help = """
    seek N
    Goes to the point at which N instructions have retired. Backwards it runs again from reset with the same input, so it
    takes as long as the guest took; stops do not count on the way, and output is not shown again.
    Example: seek 671212604
    """
  static let completion = CompletionKind.expression
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (a retired count, as `when` and `info writer` print it).") }
    let target = try console.count(arguments.text)
    console.finishGuestLine()
    let arrived = try console.checkSession { () throws(DebuggerError) in try console.session.seek(target) }
    console.selectedFrame = 0
    if !arrived {
      console.print("Interrupted: the guest is at retired \(grouped(console.session.machine.position)).")
    } else if console.session.machine.position != target {
      console.print("The guest cannot get there: it stands at retired \(grouped(console.session.machine.position)).")
    }
    console.print(console.stopLine)
    console.showDisplays()
  }
}
