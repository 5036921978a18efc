import Foundation

/// A folder for one test, removed with the object.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("vitrine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

  /// A file of zeros that takes no room.
  func sparse(_ name: String, byteCount: UInt64) throws -> String {
    try write([], to: name)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    try handle.truncate(atOffset: byteCount)
    try handle.close()
    return path(name)
  }
}

/// Looks for a program as a shell does.
func findProgram(_ name: String) -> URL? {
  for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
    let path = "\(folder)/\(name)"
    if FileManager.default.isExecutableFile(atPath: path) { return URL(fileURLWithPath: path) }
  }
  return nil
}

/// Runs a program to its end.
func run(_ program: URL, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
  let process = Process()
  let (output, errors) = (Pipe(), Pipe())
  process.executableURL = program
  process.arguments = arguments
  process.standardOutput = output
  process.standardError = errors
  try process.run()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  let complaints = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: complaints, as: UTF8.self))
}
