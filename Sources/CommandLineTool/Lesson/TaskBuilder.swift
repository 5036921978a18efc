import Foundation
import Guests
import LessonKit

/// Makes an ELF file of what a student wrote, with the clang and ld.lld that are installed.
struct TaskBuilder {
  let task: LessonTask
  /// Where the student's files lie.
  let folder: String
  /// Where what is built goes.
  let output: String

  /// The path of the file to hand in or to run.
  func build() throws -> String {
    let file = folder + "/" + task.file
    guard Files.exists(file) else {
      throw Failure("\(file): there is no such file yet. It is the task \(task.id): \(task.says)")
    }
    guard task.kind == .c || task.kind == .assembly else { return file }
    let product = output + "/" + task.id + ".elf"
    try StudentFolder.makeFolders(output)
    guard let catalog = Guests.catalog else { throw Failure(Guests.absence(of: "")) }
    let clang = try Self.tool("clang")
    let linker = try Self.tool("ld.lld")
    let sources = task.sources.isEmpty ? [task.file] : task.sources
    let script = task.script.map { folder + "/" + $0 } ?? catalog + "/Common/link.ld"
    let arguments =
      Self.flags + [
        "-I", catalog + "/Common", "-I", folder, "-fuse-ld=" + linker, "-Wl,-T,\(script)", "-Wl,--no-relax",
        "-ffile-prefix-map=\(folder)=.", "-fdebug-compilation-dir=.", "-o", product,
      ] + sources.map { folder + "/" + $0 }
    let message = try Self.run(clang, arguments)
    if let message { throw Failure("\(task.file) does not build:\n\(message)") }
    return product
  }

  /// As the guests of the catalog are built.
  private static let flags = [
    "--target=riscv64-none-elf", "-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-ffreestanding",
    "-nostdlib", "-Og", "-fno-inline", "-g", "-gdwarf-5", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls",
    "-fno-ident", "-Wall", "-Wextra",
  ]

  /// A program of the Swift toolchain, or of that name (also with a version behind it) on `PATH`.
  private static func tool(_ name: String) throws -> String {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    func find(_ name: String) -> String? {
      path.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
    if let swift = find("swift") {
      let beside = URL(fileURLWithPath: swift).resolvingSymlinksInPath().deletingLastPathComponent().path + "/" + name
      if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    }
    let names = [name] + (14...30).reversed().map { "\(name)-\($0)" }
    if let found = names.lazy.compactMap({ find($0) }).first { return found }
    throw Failure(
      "There is no \(name) on PATH, which builds your program: install clang and lld (14 or newer), or a Swift toolchain."
    )
  }

  /// Runs a program; what it says where it fails.
  private static func run(_ program: String, _ arguments: [String]) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { throw Failure("\(program): \(error.localizedDescription)") }
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0
      ? nil : String(decoding: said, as: UTF8.self).trimmingCharacters(in: .newlines)
  }
}
