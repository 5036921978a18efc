import Foundation
import ObjectFile

/// A RISC-V file made by the toolchain, with the tools' own account of it as the oracle.
enum Sample: String, CaseIterable {
  case fixedAddress, positionIndependent, loadedElsewhere, dynamicSymbolsOnly, stripped, manySections

  var bytes: [UInt8] { get throws { try Array(Data(contentsOf: Self.folder.get().appending(path: rawValue))) } }

  func read() throws -> ELFFile { try ELFFile(bytes) }

  /// What a tool beside `swift` says about the file.
  func ask(_ tool: String, _ arguments: [String]) throws -> String {
    try Toolchain.run(tool, arguments + [rawValue], in: Self.folder.get())
  }

  static func ask(_ tool: String, _ arguments: [String]) throws -> String {
    try Toolchain.run(tool, arguments, in: folder.get())
  }

  /// Where all samples are, built once for all tests and removed when the process ends.
  private static let folder = Result {
    atexit { try? FileManager.default.removeItem(at: Sample.temporaryFolder) }
    try build()
    return temporaryFolder
  }

  private static let temporaryFolder = FileManager.default.temporaryDirectory
    .appending(path: "ObjectFileTests-\(UUID().uuidString)")

  private static func build() throws {
    let folder = temporaryFolder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in sources {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let target = ["--target=riscv64-none-elf", "-march=rv64imac", "-mabi=lp64", "-mcmodel=medany", "-ffreestanding"]
    func compile(_ source: String, _ object: String, _ options: [String] = []) throws {
      _ = try Toolchain.run("clang", target + ["-O1"] + options + ["-c", source, "-o", object], in: folder)
    }
    func link(_ sample: Sample, _ arguments: [String]) throws {
      _ = try Toolchain.run("ld.lld", ["-o", sample.rawValue] + arguments, in: folder)
    }
    try compile("main.c", "main.o")
    try compile("main.c", "main-pic.o", ["-fPIC"])
    try compile("start.S", "start.o")
    try compile("many.S", "many.o")
    try link(.fixedAddress, ["start.o", "main.o"])
    try link(.positionIndependent, ["-pie", "--no-dynamic-linker", "start.o", "main-pic.o"])
    try link(.loadedElsewhere, ["-T", "elsewhere.ld", "--discard-locals", "start.o", "main.o"])
    try link(.dynamicSymbolsOnly, ["-shared", "--strip-all", "main-pic.o"])
    try link(.stripped, ["--strip-all", "start.o", "main.o"])
    try link(.manySections, ["many.o"])
  }

  private static let sources = [
    "main.c": """
    int counter = 7;
    static int table[4] = {1, 2, 3, 4};
    char buffer[100];
    const char greeting[] = "hello";
    _Thread_local int perThread = 3;
    __attribute__((weak)) int fallback(void) { return counter; }
    static __attribute__((noinline)) int helper(int x) { return x * table[x & 3] + greeting[x & 3]; }
    int swiftName(int x) __asm__("$e7Lantern7ConsoleV5writeyySSF");
    __attribute__((noinline)) int swiftName(int x) { table[x & 3] = x; return helper(x) + helper(x + 1); }
    void kernel_main(void) { buffer[counter] = swiftName(fallback()); }

    """,
    "start.S": """
      .equ STACK_SIZE, 0x4000
      .globl STACK_SIZE
      .section .text.start, "ax"
      .globl _start
    _start:
      la sp, stack_top
    .Lloop:
      call kernel_main
    again:
      wfi
      j again
      .bss
      .globl stack_top
      .space 64
    stack_top:
      .space 8

    """,
    "elsewhere.ld": """
    ENTRY(_start)
    SECTIONS {
      . = 0xffffffff80000000;
      .text : AT(0x80200000) { *(.text.start) *(.text*) }
      .rodata : { *(.rodata* .srodata*) }
      .data ALIGN(4096) : AT(0x80300000) { *(.data* .sdata*) }
      .tdata : { *(.tdata*) }
      .bss : { *(.bss* .sbss*) }
      end_of_image = .;
    }

    """,
    // More sections than 16 bits can number.
    "many.S": """
    .globl _start
    .text
    _start: ret
    .altmacro
    .macro one n
      .section s\\n, "aw"
      label\\n: .byte 0
    .endm
    .set i, 0
    .rept 66000
      one %i
      .set i, i + 1
    .endr

    """,
  ]
}
