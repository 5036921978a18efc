import Foundation
import Guests
import Testing

@Suite("vitrine qemu", .serialized)
struct QemuCommandTests {
  private func guest(_ name: String) throws -> [String] {
    ["qemu", "-M", "virt", "-nographic", "-bios", try #require(Guests.image(named: name))]
  }

  @Test("The version is what Makefiles parse", arguments: ["--version", "-version"])
  func version(option: String) throws {
    let outcome = try vitrine(["qemu", option])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("QEMU emulator version 7.2.0 "))
    #expect(outcome.output.contains("vitrine"))
  }

  @Test(
    "The help lists options at the beginnings of lines, where xv6's Makefile looks for -gdb",
    arguments: ["-help", "--help", "-h"])
  func help(option: String) throws {
    let outcome = try vitrine(["qemu", option])
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    for start in ["-gdb ", "-drive ", "-machine ", "-S ", "-smp "] { #expect(lines.contains { $0.hasPrefix(start) }) }
    #expect(outcome.output.contains("Example: vitrine qemu"))
    #expect(lines.allSatisfy { $0.count <= 132 })
  }

  @Test("A guest runs, and its number for its failure is the status")
  func status() throws {
    let hello = try vitrine(guest("hello"))
    #expect(hello.status == 0 && hello.errors.isEmpty, "\(hello.errors)")
    #expect(hello.output.hasSuffix("found in 5 calls\n"))
    // The guest `ping` fails with a number of its own.
    let alone = try vitrine(guest("ping") + ["-netdev", "user,id=n", "-device", "virtio-net-device,netdev=n"])
    #expect(alone.status == 2 && alone.output == "I am 10.0.0.86\nnobody there\n")
    #expect(alone.errors.contains("nothing is at the other end"))
  }

  @Test("Wrong usage is status 64 and said on standard error; a bad file is status 1")
  func wrong() throws {
    let outcome = try vitrine(["qemu", "-M", "virt", "-frobnicate"])
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("vitrine qemu: -frobnicate: not an option that is known here; `vitrine"))
    #expect(try vitrine(["qemu", "-M", "virt", "-nographic", "-bios", "none", "-kernel", "/nonexistent"]).status == 1)
  }

  @Test("Ctrl-A x ends the run from a pipe, too")
  func leave() throws {
    let outcome = try vitrine(guest("no-progress"), input: "abc\u{1}x")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("left the guest's console"))
  }

  @Test("-S opens the prompt before the first instruction")
  func prompt() throws {
    let outcome = try vitrine(guest("hello") + ["-S"], input: "print $pc\ncontinue\nquit 5\n")
    #expect(outcome.output.hasPrefix("$1 = (void (*)()) 0x1000") || outcome.output.contains("0x1000"))
    #expect(outcome.output.contains("| hello from hart 0, machine mode"))
    #expect(outcome.status == 5)
  }

  @Test("Ctrl-A c opens the prompt where the guest stands, and it can go back")
  func promptLater() throws {
    let outcome = try vitrine(guest("no-progress"), input: "\u{1}c")
    #expect(outcome.errors.contains("the guest is stopped"))
    #expect(outcome.status == 0)
  }

  @Test("-serial file: and -machine dumpdtb= write files")
  func files() throws {
    let path = NSTemporaryDirectory() + "qemu-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try vitrine(guest("hello") + ["-serial", "file:\(path)"]).output.isEmpty)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("hello from hart 0"))
    #expect(try vitrine(guest("hello") + ["-M", "virt,dumpdtb=\(path)"]).status == 0)
    #expect(FileManager.default.contents(atPath: path)?.prefix(4) == Data([0xd0, 0x0d, 0xfe, 0xed]))
  }

  @Test(
    "-d int logs traps in QEMU's words",
    .enabled(if: QemuCommandTests.qemu != nil, "qemu-system-riscv64 is not installed"))
  func traps() throws {
    let ours = try vitrine(guest("hello") + ["-d", "int"])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.qemu))
    process.arguments = Array(try guest("hello").dropFirst()) + ["-d", "int", "-monitor", "none"]
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let theirs = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(ours.errors == theirs)
    #expect(ours.errors.contains("desc=user_ecall"))
  }

  private static let qemu = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/qemu-system-riscv64" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}
