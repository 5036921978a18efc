import Debugger
import RISCV
import Trace

enum InfoTraceCommand: Command {
  static let name = "info trace"
  static let category = CommandCategory.machine
  static let summary = "Tell where a trace is being written, and how far it is"
  static let help = """
    info trace
    Events are instructions that retired, traps and interrupts. The latest may not have gone to the file yet.
    Example: info trace
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard let trace = console.session.trace else {
      return console.print("No trace is being written; `trace start FILE` starts one.")
    }
    console.print("Tracing to \(trace.output.path) (\(trace.format.rawValue)): \(grouped(trace.eventCount)) events.")
  }
}
