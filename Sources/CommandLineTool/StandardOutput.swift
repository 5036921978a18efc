import Console

/// The prompt's output on this process's standard output and error, buffered.
final class StandardOutput: Output {
  private var buffer: [UInt8] = []
  let isTerminal = Terminal.hasOutput
  var height: Int? { Terminal.height }
  var width: Int? { Terminal.width }
  /// Nobody reads standard output any more.
  private(set) var isClosed = false

  func write(_ text: String) {
    buffer += Array(text.utf8)
    if buffer.count > 1 << 14 { flush() }
  }
  func writeError(_ text: String) {
    flush()
    Terminal.write(Array(text.utf8), to: 2)
  }
  func flush() {
    guard !buffer.isEmpty else { return }
    if !Terminal.write(buffer, to: 1) { isClosed = true }
    buffer.removeAll(keepingCapacity: true)
  }
}
