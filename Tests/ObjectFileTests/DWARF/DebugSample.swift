import Foundation
import Guests
import ObjectFile
import Testing

/// A program with debugging information: a guest of the catalog, or one built here by a compiler that is installed.
struct DebugSample: Sendable, CustomTestStringConvertible {
  let name: String
  let path: @Sendable () throws -> String

  var testDescription: String { name }

  var bytes: [UInt8] { get throws { try Array(Data(contentsOf: URL(filePath: path()))) } }

  func read() throws -> ELFFile {
    let file = try ELFFile(bytes)
    #expect(file.warnings.isEmpty)
    return file
  }

  /// What a tool says; the path of the program is its last argument.
  func ask(_ tool: String, _ arguments: [String]) throws -> String {
    try Toolchain.run(tool, arguments + [path()], in: DebugSample.folder.get())
  }

  /// Every ELF file of the catalog but the one that is stripped on purpose.
  static let guests: [DebugSample] = {
    guard let catalog = Guests.catalog.map({ URL(filePath: $0).resolvingSymlinksInPath().path }) else { return [] }
    let files = FileManager.default.enumerator(atPath: catalog)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".elf") && $0 != "boot/boot-s.elf" }.sorted().map { file in
      DebugSample(name: file) { "\(catalog)/\(file)" }
    }
  }()

  /// Programs of the toolchain beside `swift`: C in both versions of DWARF, and Embedded Swift.
  static let built = ["clang5", "clang4", "clang-unoptimized", "swift", "assembly"].map(built)

  /// `program.c` by Debian's cross compiler, at two levels of optimization.
  static let gcc = Toolchain.other("riscv64-unknown-elf-gcc") == nil ? [] : ["gcc", "gcc-optimized"].map(built)

  /// The programs made of `program.c`.
  static let programs = (Toolchain.isInstalled ? built.filter { $0.name.hasPrefix("clang") } : []) + gcc

  static let everything = guests + (Toolchain.isInstalled ? built : []) + gcc

  static func built(_ name: String) -> DebugSample {
    DebugSample(name: name) { try folder.get().appending(path: name).path }
  }

  /// The addresses of all instructions that could be: every two bytes of the executable sections.
  static func code(_ file: ELFFile) -> [UInt64] {
    file.sections.filter { $0.flags.isSuperset(of: [.allocate, .execute]) }
      .flatMap { stride(from: $0.address, to: $0.address + $0.size, by: 2) }
  }

  /// What gdb prints when it runs a script on the program.
  func gdb(_ script: String) throws -> [Substring] {
    let file = FileManager.default.temporaryDirectory.appending(path: "script-\(UUID().uuidString).gdb")
    try script.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try ask(Self.gdb!.path, ["-nx", "-batch", "-x", file.path]).split(separator: "\n")
  }

  static let gdb = Toolchain.other("gdb-multiarch")

  /// Whether its compiler inlines functions.
  var isOptimized: Bool { ["clang5", "clang4", "swift", "gcc-optimized"].contains(name) }

  /// The lines that llvm-symbolizer prints about each address.
  func symbolize(_ addresses: [UInt64], _ options: [String]) throws -> [(UInt64, [String])] {
    try stride(from: 0, to: addresses.count, by: 20000).flatMap { start in
      let chunk = addresses[start..<min(start + 20000, addresses.count)]
      let answers = try Toolchain.run(
        "llvm-symbolizer", ["--obj=\(path())"] + options + chunk.map { "0x" + String($0, radix: 16) },
        in: .temporaryDirectory
      ).split(separator: "\n\n")
      try #require(answers.count == chunk.count)
      return zip(chunk, answers).map { ($0, $1.split(separator: "\n").map(String.init)) }
    }
  }

  private static let folder = Result {
    atexit { try? FileManager.default.removeItem(at: DebugSample.temporaryFolder) }
    try build()
    return temporaryFolder
  }

  private static let temporaryFolder = FileManager.default.temporaryDirectory
    .appending(path: "DWARFTests-\(UUID().uuidString)")

  private static func build() throws {
    let folder = temporaryFolder
    try FileManager.default.createDirectory(at: folder.appending(path: "include"), withIntermediateDirectories: true)
    for (name, text) in DebugSources.all {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let machine = ["-march=rv64imac", "-mabi=lp64", "-mcmodel=medany", "-ffreestanding", "-Iinclude"]
    func link(_ name: String, _ objects: [String]) throws {
      _ = try Toolchain.run(
        "ld.lld", ["-o", name, "--gc-sections", "--discard-locals", "-e", "_start", "--no-relax"] + objects, in: folder)
    }
    if Toolchain.isInstalled {
      func clang(_ source: String, _ object: String, _ options: [String]) throws {
        _ = try Toolchain.run(
          "clang", ["--target=riscv64-none-elf"] + machine + options + ["-c", source, "-o", object], in: folder)
      }
      try clang("start.S", "start.o", ["-g"])
      try clang("runtime.c", "runtime.o", ["-g", "-O1"])
      for (name, options) in [
        ("clang5", ["-gdwarf-5", "-O1"]), ("clang4", ["-gdwarf-4", "-O2", "-ffunction-sections"]),
        ("clang-unoptimized", ["-gdwarf-5", "-O0"]),
      ] {
        try clang("program.c", "program.o", options)
        try link(name, ["start.o", "program.o", "runtime.o"])
      }
      try clang("frames.S", "frames.o", ["-g"])
      try link("assembly", ["frames.o"])
      _ = try Toolchain.run(
        "swiftc",
        [
          "-target", "riscv64-none-none-eabi", "-enable-experimental-feature", "Embedded", "-wmo", "-Osize", "-g",
          "-parse-as-library", "-module-name", "Sample", "-Xcc", "-march=rv64imac", "-Xcc", "-mabi=lp64", "-Xcc",
          "-mcmodel=medany", "-Xfrontend", "-disable-stack-protector", "-Xfrontend", "-function-sections", "-c",
          "program.swift", "-o", "swift.o",
        ], in: folder)
      try link("swift", ["start.o", "swift.o", "runtime.o"])
    }
    if let gcc = Toolchain.other("riscv64-unknown-elf-gcc") {
      for (name, level) in [("gcc", "-O0"), ("gcc-optimized", "-O2")] {
        _ = try Toolchain.run(
          gcc.path,
          machine + ["-g", level, "-nostdlib", "-Wl,-e,_start", "start.S", "program.c", "runtime.c", "-o", name],
          in: folder)
      }
    }
  }
}
