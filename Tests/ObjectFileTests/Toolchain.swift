import Foundation
import Testing

/// The tools that were installed together with `swift`: what is on the PATH under the same names may be older.
enum Toolchain {
  static let missing: Comment = "clang, ld.lld and llvm-nm beside swift are needed to build RISC-V files"

  static let directory: URL? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":")
      .map { URL(filePath: String($0)).appending(path: "swift") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }?
      .resolvingSymlinksInPath().deletingLastPathComponent()
  }()

  static let isInstalled = ["clang", "ld.lld", "llvm-nm", "llvm-objdump", "llvm-objcopy"].allSatisfy(has)

  static func has(_ tool: String) -> Bool {
    guard let directory else { return false }
    return FileManager.default.isExecutableFile(atPath: directory.appending(path: tool).path)
  }

  /// Where a tool that does not come with `swift` is, if it is on the PATH.
  static func other(_ tool: String) -> URL? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { URL(filePath: String($0)).appending(path: tool) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs a tool in a directory and returns what it printed; its complaints go where ours go. A tool with no path is one
  /// beside `swift`.
  static func run(_ tool: String, _ arguments: [String], in folder: URL) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = tool.hasPrefix("/") ? URL(filePath: tool) : directory!.appending(path: tool)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = output
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(tool: tool, arguments: arguments) }
    return String(decoding: printed, as: UTF8.self)
  }

  struct Failure: Error {
    let tool: String
    let arguments: [String]
  }
}
