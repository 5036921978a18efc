import Foundation
import Guests
import Machine
import SystemPackage
import Testing

/// The files of the guest `boot`.
enum BootChain {
  static var folder: String { (Guests.catalog ?? "no catalog") + "/boot" }
  static var firmware: FilePath { FilePath(folder + "/firmware.elf") }
  static var disk: [UInt8] { FileManager.default.contents(atPath: folder + "/boot.img").map(Array.init) ?? [] }
}

/// A run of our machine with firmware, and with a disk or a kernel.
struct BootRun {
  var console: String
  var reason: StopReason
  var promptsToCome: Int

  /// Runs until the end, for at most `limit` instructions. `disk` is the contents of a disk.
  init(
    disk: [UInt8]? = nil, bios: FilePath = BootChain.firmware, kernel: FilePath? = nil, harts: Int = 1,
    memory: UInt64 = 256 << 20, typing: [TypingRule] = [], limit: UInt64 = 200_000_000
  ) throws {
    var configuration = MachineConfiguration()
    configuration.bios = .file(bios)
    configuration.kernel = kernel
    configuration.hartCount = harts
    configuration.memorySize = memory
    configuration.typing = typing
    let folder = try TemporaryFolder()
    if let disk {
      let path = folder.path + "/disk.img"
      try Data(disk).write(to: URL(fileURLWithPath: path))
      configuration.disks = [.init(path: FilePath(path))]
    }
    let machine = try Machine(configuration)
    var bytes: [UInt8] = []
    machine.board.onConsoleOutput = { if $0 != UInt8(ascii: "\r") { bytes.append($0) } }
    reason = machine.run(stepLimit: limit)
    promptsToCome = machine.board.promptsToCome
    console = String(decoding: bytes, as: UTF8.self)
  }
}
