import Debugger
import RISCV
import Trace

enum TraceStopCommand: Command {
  static let name = "trace stop"
  static let category = CommandCategory.machine
  static let summary = "End the trace and close its file"
  static let help = """
    trace stop
    Example: trace stop
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    do {
      guard let trace = try console.session.stopTrace() else { throw CommandError.failed("No trace is being written.") }
      console.print(
        "\(trace.output.path): \(grouped(trace.eventCount)) events, \(grouped(trace.byteCount)) bytes.")
    } catch let error as CommandError { throw error } catch { throw .failed("\(error)") }
  }
}
