import Foundation
import Machine
import Testing

/// Firmware and bootloader from Debian's packages `opensbi` and `u-boot-qemu`, on the whole machine.
@Suite("Real firmware", .enabled(if: RealFirmware.isInstalled, "Debian's opensbi and u-boot-qemu are not installed"))
struct RealFirmwareTests {
  /// Typed at U-Boot's prompt, and what it answers.
  private static let conversation = [
    ("virtio scan", "=> virtio scan"),
    ("virtio info", "Capacity: 3.0 MB = 0.0 GB (6144 x 512)"),
    ("virtio read 84000000 2 10", "16 blocks read: OK"),
    ("md.b 84000000 4", "84000000: 5a 5a 5a 5a"),
    ("mw.b 84000000 a5 200", "=> mw.b"),
    ("virtio write 84000000 2 1", "1 blocks written: OK"),
    ("flinfo 1", "Intel Extended command set, Manufacturer ID: 0x89, Device ID: 0x0018"),
    ("protect off all", "Un-Protect Flash Bank # 2"),
    ("erase 20100000 2011ffff", "Erased 1 sectors"),
    ("cp.b 80200000 20100000 1000", "done"),
    ("cmp.b 80200000 20100000 1000", "Total of 4096 byte(s) were the same"),
    ("bdinfo", "flashstart  = 0x0000000020000000"),
    ("poweroff", "poweroff ..."),
  ]

  @Test(
    "OpenSBI starts U-Boot, which works with every device it knows",
    arguments: zip(["fw_jump.elf", "fw_dynamic.bin"], [1, 8]))
  func boot(firmware: String, harts: Int) throws {
    let folder = try TemporaryFolder()
    let disk = try folder.write([UInt8](repeating: 0x5a, count: 3 << 20), to: "disk.img")
    var configuration = MachineConfiguration()
    configuration.bios = .file(.init(RealFirmware.firmware + firmware))
    configuration.kernel = .init(RealFirmware.bootloader)
    configuration.hartCount = harts
    configuration.disks = [.init(path: .init(disk))]
    configuration.typing =
      [.init(prompt: "Hit any key", text: "\n")]
      + Self.conversation.map { .init(prompt: "=> ", text: $0.0 + "\n") }
    let machine = try Machine(configuration)
    let sink = Sink()
    machine.board.onConsoleOutput = { sink.bytes.append($0) }
    #expect(machine.run(stepLimit: 1_000_000_000) == .exited(.success))
    #expect(machine.board.promptsToCome == 0)
    #expect(sink.text.contains("Platform HART Count       : \(harts)"))
    #expect(sink.text.contains("Platform Shutdown Device  : sifive_test"))
    for (command, answer) in Self.conversation {
      #expect(sink.text.contains(answer), "\(command) gives:\n\(sink.text.suffix(4000))")
    }
    #expect(try folder.read("disk.img").allSatisfy { $0 == 0x5a })
  }
}

private enum RealFirmware {
  static let firmware = "/usr/lib/riscv64-linux-gnu/opensbi/generic/"
  static let bootloader = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
  static var isInstalled: Bool {
    FileManager.default.fileExists(atPath: firmware) && FileManager.default.fileExists(atPath: bootloader)
  }
}
