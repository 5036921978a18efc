import Machine

/// Why a debugger command failed. The description is the message a person reads: what, where and what to do.
package enum DebuggerError: Error, CustomStringConvertible {
  case expression(EvaluationError)
  case machine(MachineError)
  /// No stop with that number.
  case noStop(Int)
  case other(String)

  package var description: String {
    switch self {
    case .expression(let error): error.description
    case .machine(let error): error.description
    case .noStop(let number): "No breakpoint number \(number).  `info breakpoints` lists them."
    case .other(let text): text
    }
  }
}
