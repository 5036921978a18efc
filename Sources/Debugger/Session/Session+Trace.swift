import Trace

// A trace goes on over `seek` and `run`: it has what the guest does as the person moves it, forwards by seeking too. What is run
// again in secret, to go back or to search, is no part of it.
extension Session {
  /// Writes what the guest does from here on. A trace that was going on must have been ended.
  package func startTrace(_ recorder: TraceRecorder) {
    trace = recorder
    recorder.attach(to: machine)
  }

  /// Ends the trace, if there is one, and says whether all of it arrived in its file.
  @discardableResult
  package func stopTrace() throws(TraceError) -> TraceRecorder? {
    defer { trace = nil }
    try trace?.finish()
    return trace
  }
}
