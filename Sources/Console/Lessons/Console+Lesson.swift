import Debugger

extension Console {
  /// What a command of the lesson does; nothing of it goes to the log of what was typed.
  func lessonPlayer(_ body: (LessonPlayer) throws(CommandError) -> Void) throws(CommandError) {
    guard let player = lesson else {
      throw .failed(
        "There is no lesson here.  `vitrine lesson list` lists them, `vitrine lesson start 1` begins with the first.")
    }
    player.isControlLine = true
    try body(player)
  }

  /// Runs what a person typed once, as if typed now.
  func perform(_ lines: RepeatedLines) {
    let previous = source
    source = lines
    defer { source = previous }
    guard case .line(let line) = lines.readLine(prompt: "") else { return }
    do { try execute(line, allowsRepeat: true) } catch { report(error) }
  }

  /// Nothing is shown, and no file is written, while `body` runs.
  func silently(_ body: () throws(CommandError) -> Void) throws(CommandError) {
    finishGuestLine()
    let (wasOpen, outside) = (gate.isOpen, surroundings)
    (gate.isOpen, surroundings) = (false, ReadOnlySurroundings(outside))
    defer {
      finishGuestLine()
      (gate.isOpen, surroundings) = (wasOpen, outside)
    }
    try body()
  }

  /// Whether a line gives the keyboard to the guest.
  func isConsoleCommand(_ line: String) -> Bool {
    guard case .command(let command, _)? = try? resolve(line.trimmed) else { return false }
    return command == ConsoleCommand.self
  }
}

/// The files of other surroundings, to be read; nothing else of them.
private final class ReadOnlySurroundings: Surroundings {
  private let outside: any Surroundings
  private let none = NoSurroundings()
  init(_ outside: any Surroundings) { self.outside = outside }
  func readFile(_ path: String) throws(CommandError) -> [UInt8] { try outside.readFile(path) }
  var workingFolder: String { outside.workingFolder }
  func modificationTime(_ path: String) -> Double? { outside.modificationTime(path) }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    try none.writeFile(path, bytes, append: append)
  }
  func completeFile(_ prefix: String) -> [String] { [] }
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) { try none.attachKeyboard(body) }
}

/// Lets text through, or not.
final class OutputGate: Output {
  private let output: any Output
  var isOpen = true
  init(_ output: any Output) { self.output = output }
  func write(_ text: String) { if isOpen { output.write(text) } }
  func writeError(_ text: String) { if isOpen { output.writeError(text) } }
  func flush() { output.flush() }
  var isTerminal: Bool { output.isTerminal }
  var height: Int? { output.height }
  var width: Int? { output.width }
}

extension CommandError {
  /// The message for the person.
  package var text: String { if case .failed(let text) = self { text } else { "\(self)" } }
}
