import Trace

/// Where the prompt's text goes: a terminal, a pipe, or a test's transcript.
package protocol Output: AnyObject {
  /// Standard output.
  func write(_ text: String)
  /// Standard error.
  func writeError(_ text: String)
  func flush()
  /// Colours and pages are for terminals.
  var isTerminal: Bool { get }
  /// Lines of the screen; nil when it has no end.
  var height: Int? { get }
  /// Characters of its lines; nil where nobody knows.
  var width: Int? { get }
}

extension Output {
  package var width: Int? { nil }
}

/// Keeps everything that is shown, errors too, or the end of it.
package final class KeptOutput: Output {
  package var text = ""
  package let isTerminal = false
  package let height: Int? = nil
  private let limit: Int

  /// At least `limit` bytes of the end are kept; 0 keeps nothing.
  package init(limit: Int = .max) { self.limit = limit }

  package func write(_ text: String) {
    guard limit > 0 else { return }
    self.text += text
    if limit < .max, self.text.utf8.count > 2 * limit { self.text = String(self.text.suffix(limit)) }
  }
  package func writeError(_ text: String) { write(text) }
  package func flush() {}
}

/// Where command lines come from.
package protocol LineSource: AnyObject {
  /// A person types here: the prompt is shown, an empty line repeats.
  var isInteractive: Bool { get }
  func readLine(prompt: String) -> LineRead
  /// A person's line that is worth keeping.
  func remember(_ line: String)
}

extension LineSource {
  package func remember(_ line: String) {}
}

package enum LineRead: Equatable, Sendable {
  case line(String)
  /// Ctrl-D, or the end of the file.
  case end
  /// Ctrl-C while editing.
  case interrupted
}

/// Lines that are there already: a script, the body of a command, the commands of a breakpoint.
package final class ScriptSource: LineSource {
  package let isInteractive = false
  private var lines: ArraySlice<String>
  /// For error messages, such as `boot.vit`; empty for a body.
  package let name: String
  package private(set) var lineNumber = 0

  package init(_ lines: [String], name: String = "") {
    self.lines = lines[...]
    self.name = name
  }
  package convenience init(text: [UInt8], name: String) {
    let lines = text.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    self.init(lines, name: name)
  }

  package func readLine(prompt: String) -> LineRead {
    guard var line = lines.popFirst() else { return .end }
    lineNumber += 1
    // A backslash at the end joins lines.
    while line.hasSuffix("\\"), let next = lines.popFirst() {
      line = line.dropLast() + next
      lineNumber += 1
    }
    return .line(line)
  }
}

/// The files and the keyboard that commands reach through the program around the prompt.
package protocol Surroundings: AnyObject {
  /// The bytes of a file. Throws a message that says why not.
  func readFile(_ path: String) throws(CommandError) -> [UInt8]
  /// Adds to a file, or puts another in its place, all at once.
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError)
  /// What relative paths count from.
  var workingFolder: String { get }
  /// When a file was changed last, in seconds; nil where nobody knows.
  func modificationTime(_ path: String) -> Double?
  /// A file that takes a trace as it is made, in place of what the file held.
  func openTrace(_ path: String) throws(CommandError) -> any TraceOutput
  /// Files whose path begins with `prefix`; folders end with a slash.
  func completeFile(_ prefix: String) -> [String]
  /// Runs a command of the shell on the person's terminal. Returns its status.
  func runShell(_ command: String) throws(CommandError) -> Int32
  /// Gives the keyboard to the guest while it runs, until Ctrl-] or a stop. Nil when there is no terminal.
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError)
}

extension Surroundings {
  package var workingFolder: String { "" }
  package func modificationTime(_ path: String) -> Double? { nil }
  package func openTrace(_ path: String) throws(CommandError) -> any TraceOutput {
    throw .failed("\(path): there are no files here.")
  }
  package func runShell(_ command: String) throws(CommandError) -> Int32 { throw .failed("There is no shell here.") }
}

/// Surroundings without files or keyboard.
package final class NoSurroundings: Surroundings {
  package init() {}
  package func readFile(_ path: String) throws(CommandError) -> [UInt8] {
    throw .failed("\(path): there are no files here.")
  }
  package func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    throw .failed("\(path): there are no files here.")
  }
  package func completeFile(_ prefix: String) -> [String] { [] }
  package func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) {
    throw .failed("The keyboard can be given to the guest at a terminal only; `type \"TEXT\"` works everywhere.")
  }
}
