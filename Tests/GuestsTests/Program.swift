import Foundation
import Testing

/// Runs other programs and collects what they print.
enum Program {
  struct Outcome {
    /// What came to standard output, and to standard error if it was asked for.
    var output: String
    /// The exit status; nil when a signal or the time limit ended the program.
    var status: Int32?
  }

  /// The path of a program on `PATH`, or nil.
  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program to its end, without standard input, for at most `seconds`.
  static func run(
    _ path: String, _ arguments: [String], folder: String? = nil, withErrors: Bool = false, seconds: Double = 60
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = withErrors ? pipe : FileHandle.nullDevice
    // Not by SIGTERM: threads of a test block it, and what they start inherits that.
    let limit = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    try process.run()
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: limit)
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    limit.cancel()
    let exited = process.terminationReason == .exit
    return Outcome(output: String(decoding: bytes, as: UTF8.self), status: exited ? process.terminationStatus : nil)
  }
}

/// A folder that goes when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "vitrine-guests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
