import Console
import Debugger
import Foundation
import Guests
import Machine
import SystemPackage
import Trace

/// Everything that the prompt shows, errors included, in order.
final class Transcript: Output {
  private(set) var text = ""
  let isTerminal = false
  let height: Int? = nil
  var width: Int?
  func write(_ text: String) { self.text += text }
  func writeError(_ text: String) { self.text += text }
  func flush() {}
}

/// Lines as if a person typed them: prompt and line appear in the transcript, an empty line repeats.
final class TypedLines: LineSource {
  let isInteractive = true
  private var lines: ArraySlice<String>
  private let transcript: Transcript

  init(_ lines: [String], _ transcript: Transcript) {
    self.lines = lines[...]
    self.transcript = transcript
  }
  func readLine(prompt: String) -> LineRead {
    guard let line = lines.popFirst() else { return .end }
    transcript.write(prompt + line + "\n")
    return .line(line)
  }
}

/// Files in memory; the images of guests and their sources are those on the disk.
final class MemoryFiles: Surroundings {
  var files: [String: [UInt8]] = [:]
  func readFile(_ path: String) throws(CommandError) -> [UInt8] {
    if let bytes = files[path] { return bytes }
    guard path.hasPrefix("/"), let data = FileManager.default.contents(atPath: path) else {
      throw .failed("\(path): No such file or directory.")
    }
    return Array(data)
  }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    files[path] = (append ? files[path] ?? [] : []) + bytes
  }
  func openTrace(_ path: String) throws(CommandError) -> any TraceOutput { MemoryTrace(path, self) }
  func completeFile(_ prefix: String) -> [String] { files.keys.filter { $0.hasPrefix(prefix) }.sorted() }
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) {
    throw .failed("The keyboard can be given to the guest at a terminal only; `type \"TEXT\"` works everywhere.")
  }
}

/// A trace into one of them.
final class MemoryTrace: TraceOutput {
  let path: String
  private let files: MemoryFiles
  init(_ path: String, _ files: MemoryFiles) {
    self.path = path
    self.files = files
    files.files[path] = []
  }
  func write(_ bytes: UnsafeRawBufferPointer) throws(TraceError) {
    if path == "full" { throw .file(path: path, reason: "No space left on device") }
    files.files[path]! += bytes
  }
  func close() throws(TraceError) {}
}

/// A prompt on a guest, for tests.
struct Prompt {
  let transcript = Transcript()
  let files = MemoryFiles()
  let console: Console

  init(_ configuration: MachineConfiguration) throws {
    console = Console(session: try Session(configuration), output: transcript, surroundings: files)
  }
  init(guest: String = "hello") throws {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try guestPath(guest))
    try self.init(configuration)
  }

  /// Types lines and returns what they show, the lines included.
  func type(_ lines: [String]) -> String {
    let before = transcript.text.count
    _ = console.interact(TypedLines(lines, transcript))
    var text = String(transcript.text.dropFirst(before))
    if text.hasSuffix("quit\n") { text.removeLast(5) }
    return text
  }

  /// What one line shows, without the line.
  func answer(_ line: String) -> String {
    String(type([line]).drop { $0 != "\n" }.dropFirst())
  }
}

struct MissingGuest: Error { var name: String }

func guestPath(_ name: String) throws -> String {
  guard let path = Guests.image(named: name) else { throw MissingGuest(name: name) }
  return path
}

/// A file of the guest `boot`.
func bootFile(_ name: String) throws -> String {
  guard let catalog = Guests.catalog else { throw MissingGuest(name: "boot") }
  return catalog + "/boot/" + name
}
