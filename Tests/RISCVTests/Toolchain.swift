import Foundation
import Testing

/// The assembler and disassembler that come with Swift, as oracles.
enum Toolchain {
  /// Every extension of the machine, as LLVM names them.
  static let extensions = [
    "m", "a", "f", "d", "c", "h", "zba", "zbb", "zbs", "zicond", "zicbom", "zicboz", "zawrs", "svinval", "zicsr",
    "zifencei",
    "zihintpause",
  ]

  /// The directory of `swift`, links resolved, when it has these tools beside it.
  static let directory: URL? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").lazy
      .map { URL(filePath: String($0)).appending(path: "swift").resolvingSymlinksInPath() }
      .filter { FileManager.default.isExecutableFile(atPath: $0.path) }
      .map { $0.deletingLastPathComponent() }
      .first { directory in
        ["llvm-objdump", "llvm-objcopy", "clang"].allSatisfy {
          FileManager.default.isExecutableFile(atPath: directory.appending(path: $0).path)
        }
      }
  }()

  static let whySkipped: Comment = "llvm-objdump, llvm-objcopy and clang are not beside `swift`"

  /// Runs a tool in `directory` and gives what it wrote.
  static func run(_ tool: String, _ arguments: [String], in folder: URL) throws -> String {
    let process = Process()
    process.executableURL = try #require(directory).appending(path: tool)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    try #require(process.terminationStatus == 0, "\(tool) failed: \(text.prefix(2000))")
    return text
  }

  /// Calls `body` with a new folder that is removed afterwards.
  static func inTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// The bytes that clang makes of lines of assembly, without relaxation.
  static func assemble(_ lines: [String]) throws -> [UInt8] {
    try inTemporaryFolder { folder in
      try (lines.joined(separator: "\n") + "\n").write(
        to: folder.appending(path: "code.s"), atomically: true, encoding: .utf8)
      let architecture = "-march=rv64imafdch_" + extensions.dropFirst(6).joined(separator: "_")
      _ = try run(
        "clang", ["--target=riscv64", architecture, "-mno-relax", "-c", "code.s", "-o", "code.o"], in: folder)
      _ = try run("llvm-objcopy", ["-O", "binary", "-j", ".text", "code.o", "code.bin"], in: folder)
      return Array(try Data(contentsOf: folder.appending(path: "code.bin")))
    }
  }

  /// What `llvm-objdump` makes of `code` at `base`: the text by address, without symbols and comments.
  static func disassemble(_ code: [UInt8], at base: UInt64, options: [String] = []) throws -> [UInt64: String] {
    try inTemporaryFolder { folder in
      try Data(code).write(to: folder.appending(path: "code.bin"))
      _ = try run("llvm-objcopy", ["-I", "binary", "-O", "elf64-littleriscv", "code.bin", "code.o"], in: folder)
      let attributes = "--mattr=" + extensions.map { "+" + $0 }.joined(separator: ",")
      let dump = try run(
        "llvm-objdump",
        ["-D", "-z", "-j", ".data", "--no-show-raw-insn", "--adjust-vma=\(base)", attributes] + options + ["code.o"],
        in: folder)
      var texts: [UInt64: String] = [:]
      for line in dump.utf8.split(separator: UInt8(ascii: "\n")) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
          let address = UInt64(String(line[..<colon])!.drop { $0 == " " }, radix: 16)
        else { continue }
        let words = String(line[line.index(after: colon)...])!.split(whereSeparator: { $0 == " " || $0 == "\t" })
        let end = words.firstIndex { $0 == "#" || $0.hasPrefix("<") && $0 != "<unknown>" } ?? words.endIndex
        texts[address] = words[..<end].joined(separator: " ")
      }
      return texts
    }
  }
}
