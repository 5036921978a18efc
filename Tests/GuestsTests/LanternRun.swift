import Foundation
import Guests
import Machine
import SystemPackage
import Testing

/// The boot chain with its disk, typed at and collected: what `vitrine run boot` does.
final class LanternRun {
  let machine: Machine
  private(set) var bytes: [UInt8] = []
  private let folder: TemporaryFolder?

  /// Builds the machine. Each of `commands` is typed when the shell's prompt has appeared; `change` may damage the disk.
  init(
    _ commands: [String] = [], harts: Int = 1, memory: UInt64 = 256 << 20, append: String? = nil, svade: Bool = false,
    change: ((inout [UInt8]) -> Void)? = nil
  ) throws {
    let guest = try #require(Guests.catalog) + "/boot"
    var configuration = MachineConfiguration()
    configuration.bios = .file(FilePath(guest + "/firmware.elf"))
    configuration.hartCount = harts
    configuration.memorySize = memory
    configuration.append = append
    configuration.cpu.svade = svade
    configuration.typing = commands.map { TypingRule(prompt: "$ ", text: $0 + "\n") }
    var disk = guest + "/boot.img"
    if let change {
      let folder = try TemporaryFolder()
      var image = [UInt8](try #require(FileManager.default.contents(atPath: disk)))
      change(&image)
      disk = folder.path + "/disk.img"
      try Data(image).write(to: URL(fileURLWithPath: disk))
      self.folder = folder
    } else {
      folder = nil
    }
    configuration.disks = [.init(path: FilePath(disk))]
    machine = try Machine(configuration)
    machine.board.onConsoleOutput = { [unowned self] in if $0 != UInt8(ascii: "\r") { bytes.append($0) } }
  }

  /// Lets the machine run until it ends, or has executed `limit` instructions.
  func run(limit: UInt64 = 1_000_000_000) -> StopReason { machine.run(stepLimit: limit) }

  var console: String { String(decoding: bytes, as: UTF8.self) }
  var lines: [Substring] { console.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The number in the first line that has `before` and `after` around it.
  func number(after before: String, before after: String) -> Int? {
    for line in lines {
      guard let start = line.range(of: before)?.upperBound,
        let end = line[start...].range(of: after)?.lowerBound
      else { continue }
      return Int(line[start..<end])
    }
    return nil
  }
}

/// Little-endian fields of a disk image.
enum DiskField {
  static func number(_ image: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(image[offset + $1]) << (8 * $1) }
  }

  static func set(_ image: inout [UInt8], at offset: Int, to value: Int) {
    for index in 0..<4 { image[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }

  /// Where the file system begins: the first sector of the second partition.
  static func fileSystem(_ image: [UInt8]) -> Int { number(image, at: 446 + 16 + 8) * 512 }

  /// Where a file of the file system begins.
  static func file(_ name: String, in image: [UInt8]) -> Int? {
    let start = fileSystem(image)
    let directory = start + number(image, at: start + 20) * 512
    for index in 0..<number(image, at: start + 16) {
      let entry = directory + index * 64
      if image[entry..<entry + 40].prefix(while: { $0 != 0 }).elementsEqual(name.utf8) {
        return start + number(image, at: entry + 40) * 512
      }
    }
    return nil
  }
}
