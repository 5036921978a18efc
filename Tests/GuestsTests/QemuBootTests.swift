import Foundation
import Testing

/// The same files on QEMU: they are real RISC-V programs, not tuned to our machine.
@Suite("The boot chain on QEMU", .serialized)
struct QemuBootTests {
  private static let qemu = Program.find("qemu-system-riscv64")

  @Test(
    "It reaches the shell, which answers, and powers off", .enabled(if: qemu != nil, "no qemu-system-riscv64 on PATH"),
    arguments: [1, 4])
  func shell(harts: Int) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.qemu))
    process.currentDirectoryURL = URL(fileURLWithPath: BootChain.folder)
    process.arguments =
      ["-M", "virt", "-nographic", "-smp", "\(harts)", "-m", "64", "-bios", "firmware.elf"]
      + ["-drive", "file=boot.img,format=raw,if=none,id=d,readonly=on", "-device", "virtio-blk-device,drive=d"]
      + ["-global", "virtio-mmio.force-legacy=false"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    // Not by SIGTERM: threads of a test block it, and what they start inherits that.
    let limit = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    try process.run()
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: limit)

    // One command a prompt: QEMU's serial port holds few bytes that nobody has read.
    var commands = ["ps\n", "halt\n"]
    var console = ""
    var answered = 0
    while case let piece = output.fileHandleForReading.availableData, !piece.isEmpty {
      console += String(decoding: piece.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
      let prompts = console.components(separatedBy: "\n$ ").count - 1
      if prompts > answered, !commands.isEmpty {
        answered = prompts
        try input.fileHandleForWriting.write(contentsOf: Data(commands.removeFirst().utf8))
      }
    }
    process.waitUntilExit()
    limit.cancel()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0, "\(console)")
    #expect(commands.isEmpty)
    #expect(console.contains("lantern: \(harts) of \(harts) harts"), "\(console)")
    #expect(console.contains(" shell"))
  }
}
