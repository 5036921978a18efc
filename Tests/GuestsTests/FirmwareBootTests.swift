import Foundation
import Machine
import SystemPackage
import Testing

/// OpenSBI and U-Boot as Debian ships them in its packages `opensbi` and `u-boot-qemu`.
enum DebianFirmware {
  static let openSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic"
  static let uBoot = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
  static let isInstalled =
    FileManager.default.fileExists(atPath: openSBI) && FileManager.default.fileExists(atPath: uBoot)
}

@Suite(
  "Firmware and bootloader of Debian",
  .enabled(if: DebianFirmware.isInstalled, "Debian's packages opensbi and u-boot-qemu are not installed"))
struct FirmwareBootTests {
  @Test(
    "U-Boot boots under OpenSBI, answers at its prompt and powers off",
    arguments: ["fw_jump.elf", "fw_jump.bin", "fw_dynamic.elf", "fw_dynamic.bin"])
  func prompt(firmware: String) throws {
    var configuration = MachineConfiguration()
    configuration.bios = .file(FilePath(DebianFirmware.openSBI).appending(firmware))
    configuration.kernel = FilePath(DebianFirmware.uBoot)
    configuration.hartCount = firmware == "fw_dynamic.bin" ? 4 : 1
    let folder = try TemporaryFolder()
    let disk = folder.path + "/disk.img"
    try Data("a sector of our own".utf8 + [UInt8](repeating: 0, count: (1 << 20) - 19)).write(
      to: URL(fileURLWithPath: disk))
    configuration.disks = [.init(path: FilePath(disk))]
    let commands = [
      "version", "bdinfo", "virtio scan", "virtio info", "virtio read 84000000 0 1", "md.b 84000000 10", "poweroff",
    ]
    configuration.typing =
      [TypingRule(prompt: "Hit any key to stop autoboot", text: " ")]
      + commands.map { TypingRule(prompt: "\n=> ", text: $0 + "\n") }
    let machine = try Machine(configuration)
    var bytes: [UInt8] = []
    machine.board.onConsoleOutput = { if $0 != UInt8(ascii: "\r") { bytes.append($0) } }
    let reason = machine.run(stepLimit: 2_000_000_000)
    let console = String(decoding: bytes, as: UTF8.self)

    #expect(reason == .exited(.success), "\(reason) after \(machine.position):\n\(console)")
    #expect(machine.board.promptsToCome == 0)
    #expect(console.contains("Platform HART Count       : \(configuration.hartCount)\n"))
    #expect(console.contains("=> version\nU-Boot 20"))
    #expect(console.contains("DRAM bank   = 0x0000000000000000\n-> start    = 0x0000000080000000\n"))
    #expect(console.contains("-> size     = 0x0000000010000000\n"))
    #expect(console.contains("VirtIO Block Device"))
    #expect(console.contains("1 blocks read: OK"))
    #expect(console.contains("a sector of our "))
    #expect(console.hasSuffix("=> poweroff\npoweroff ...\n"))
  }
}
