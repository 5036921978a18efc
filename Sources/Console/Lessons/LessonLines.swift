/// Lines of a person, kept as they are read, so that the same command can be given again.
final class RecordedLines: LineSource {
  private let source: any LineSource
  private var lines: [String] = []

  init(_ source: any LineSource) { self.source = source }

  var isInteractive: Bool { source.isInteractive }
  func remember(_ line: String) { source.remember(line) }
  func readLine(prompt: String) -> LineRead {
    let read = source.readLine(prompt: prompt)
    // What is answered to a full page is no part of a command.
    if case .line(let line) = read, !prompt.hasPrefix("--") { lines.append(line) }
    return read
  }

  /// A line that was read elsewhere.
  func lineCame(_ line: String) { lines.append(line) }

  /// What was read since the last time.
  func take() -> String {
    defer { lines = [] }
    return lines.joined(separator: "\n")
  }
}

/// Lines that a person typed once, given again as if typed.
final class RepeatedLines: LineSource {
  let isInteractive = true
  private var lines: ArraySlice<String>
  init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...] }
  func readLine(prompt: String) -> LineRead { lines.popFirst().map { .line($0) } ?? .end }
}
