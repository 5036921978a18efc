import Foundation
import Guests
import Testing

/// The executable `vitrine` that was built together with the tests.
enum BuiltTool {
  /// Its folder, which also holds the folders with guests and lessons.
  static let folder: String? = Guests.catalog.map { NSString(string: $0 + "/../..").standardizingPath }
  static let path: String? = folder.map { $0 + "/vitrine" }.flatMap {
    FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil
  }

  /// Opens the prompt with `arguments` and types groups of lines; returns what each group shows, guest output and errors
  /// included. Where a group holds the line `^C`, the program is interrupted once it has shown `awaited`.
  static func converse(_ groups: [[String]], arguments: [String], awaited: String? = nil) throws -> [String] {
    let marker = "-- next group --"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path, "vitrine was not built beside the tests"))
    process.arguments = ["debug", "-q", "-nx"] + arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let script = groups.map { $0.filter { $0 != "^C" } + ["echo \(marker)\\n"] }.joined().joined(separator: "\n") + "\n"
    try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
    try input.fileHandleForWriting.close()

    // Not by SIGTERM: threads of a test block it, and what they start inherits that.
    let limit = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: limit)
    var bytes = Data()
    var interrupts = groups.joined().filter { $0 == "^C" }.count
    while case let piece = output.fileHandleForReading.availableData, !piece.isEmpty {
      bytes += piece
      if interrupts > 0, let awaited, bytes.range(of: Data(awaited.utf8)) != nil {
        interrupts -= 1
        Thread.sleep(forTimeInterval: 0.2)
        process.interrupt()
      }
    }
    process.waitUntilExit()
    limit.cancel()
    return Array(String(decoding: bytes, as: UTF8.self).components(separatedBy: marker + "\n").prefix(groups.count))
  }
}
