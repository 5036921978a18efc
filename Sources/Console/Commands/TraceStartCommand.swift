import Debugger
import Trace

enum TraceStartCommand: Command {
  static let name = "trace start"
  static let category = CommandCategory.machine
  static let summary = "Start to write every instruction and what it does to a file"
  static let help = """
    trace start FILE[,format=jsonl|commit-log]
    From here on every instruction that retires is written with the registers, CSRs and memory that it changes, and every
    trap and interrupt: one JSON object a line, or with format=commit-log as `spike --log-commits` writes it. The guest runs
    slower meanwhile, and otherwise as ever. `seek` back and `run` go on in the same file.
    Example: trace start boot.log,format=commit-log
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if let trace = console.session.trace {
      throw .failed("A trace is being written to \(trace.output.path) already; `trace stop` ends it.")
    }
    let request: TraceRequest
    do { request = try TraceRequest(parsing: arguments.text) } catch { throw .failed("\(error)") }
    let output = try console.surroundings.openTrace(request.path)
    console.session.startTrace(TraceRecorder(request.format, output))
    console.print("Tracing to \(request.path) (\(request.format.rawValue)).")
  }
}
