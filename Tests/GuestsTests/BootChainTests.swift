import Foundation
import Machine
import Testing

@Suite("The boot chain")
struct BootChainTests {
  @Test(
    "It reaches the shell with any number of harts, and with 32 MiB",
    arguments: [(1, 256), (2, 128), (4, 256), (8, 32)] as [(Int, UInt64)])
  func shell(harts: Int, mebibytes: UInt64) throws {
    let run = try BootRun(
      disk: BootChain.disk, harts: harts, memory: mebibytes << 20,
      typing: [TypingRule(prompt: "$ ", text: "ps\n"), TypingRule(prompt: "$ ", text: "halt\n")])
    #expect(run.reason == .exited(.success), "\(run.reason)\n\(run.console)")
    #expect(run.promptsToCome == 0)
    let numbers = (0..<harts).map { " \($0)" }.joined()
    #expect(run.console.contains("firmware: memory from 0x80000000, \(mebibytes) MiB; harts\(numbers),"))
    #expect(run.console.contains("lantern: \(harts) of \(harts) harts\n"))
    #expect(run.console.contains(" shell\n"))
  }

  @Test("The banner names each device of the board with its address and its interrupt")
  func banner() throws {
    let console = try BootRun().console
    #expect(console.contains("  0x10000000  ns16550a, interrupt 10\n"))
    for slot in 0..<8 {
      #expect(console.contains("  0x1000\(slot + 1)000  virtio,mmio, interrupt \(slot + 1)\n"))
    }
  }

  @Test("What is missing is said by the stage that misses it, and the run fails", arguments: Flaw.all)
  func flaw(_ flaw: Flaw) throws {
    var disk = BootChain.disk
    try #require(disk.count > 100_000 && disk.count < 1 << 20)
    flaw.edit(&disk)
    let run = try BootRun(disk: disk, memory: flaw.memory)
    #expect(run.reason == .exited(.failure(code: 1)), "\(run.reason)")
    let last = run.console.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix("\(flaw.stage): ") && last.contains(flaw.words), "\(run.console)")
    #expect(!run.console.contains("\n\(flaw.laterStage):"))
  }

  @Test("Without a disk the firmware says so")
  func noDisk() throws {
    let run = try BootRun()
    #expect(run.reason == .exited(.failure(code: 1)))
    #expect(
      run.console.hasSuffix("firmware: no disk in any virtio slot: start the machine with one, --disk boot.img\n"))
  }

  @Test("Any single byte of the loader counts", arguments: [0, 1, 511, 512, 5000])
  func loaderByte(offset: Int) throws {
    var disk = BootChain.disk
    disk[512 + offset] ^= 0x10
    let run = try BootRun(disk: disk)
    #expect(run.reason == .exited(.failure(code: 1)))
    #expect(run.console.contains("firmware: the loader's CRC-32 is not"))
  }
}

/// A disk that is wrong in one way, and who has to find that.
struct Flaw: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var stage: String
  var words: String
  var memory: UInt64 = 256 << 20
  var edit: @Sendable (inout [UInt8]) -> Void = { _ in }

  var laterStage: String { stage == "firmware" ? "loader" : "lantern" }

  init(
    _ description: String, _ stage: String, _ words: String, memory: UInt64 = 256 << 20,
    _ edit: @escaping @Sendable (inout [UInt8]) -> Void = { _ in }
  ) {
    (testDescription, self.stage, self.words, self.memory, self.edit) = (description, stage, words, memory, edit)
  }

  /// The partition table, the sectors of the two partitions, and the kernel's first program header.
  private static let table = 446
  private static func start(_ disk: [UInt8], partition: Int) -> Int {
    512 * (0..<4).reduce(0) { $0 | Int(disk[table + 16 * partition + 8 + $1]) << (8 * $1) }
  }
  /// Changes the kernel's ELF header, at an offset.
  private static func kernel(_ offset: Int, _ bytes: UInt8...) -> @Sendable (inout [UInt8]) -> Void {
    { disk in
      let start = start(disk, partition: 0) + offset
      disk.replaceSubrange(start..<(start + bytes.count), with: bytes)
    }
  }
  private static func sector0(_ offset: Int, _ bytes: UInt8...) -> @Sendable (inout [UInt8]) -> Void {
    { $0.replaceSubrange(offset..<(offset + bytes.count), with: bytes) }
  }
  private static func cut(toSectors count: Int) -> @Sendable (inout [UInt8]) -> Void {
    { $0.removeLast($0.count - 512 * count) }
  }
  /// Where the address of the kernel's first segment lies in its file: an ELF header of 64 bytes, then the first header.
  private static let address = 64 + 24
  private static let sizeInFile = 64 + 32
  private static let sizeInMemory = 64 + 40

  static let firmware: [Flaw] = [
    Flaw("16 MiB of memory", "firmware", "too little memory", memory: 16 << 20),
    Flaw("no signature", "firmware", "does not end in 0x55 0xaa", sector0(510, 0, 0)),
    Flaw("all zeros", "firmware", "no boot sector", { $0 = [UInt8](repeating: 0, count: 65536) }),
    Flaw("another's boot sector", "firmware", "LANTBOOT", sector0(0, 0x33, 0xc0)),
    Flaw("a later version", "firmware", "version other than 1", sector0(8, 2)),
    Flaw("a wrong CRC", "firmware", "CRC-32", { $0[20] ^= 1 }),
    Flaw("no sectors for the loader", "firmware", "cannot lie or begin", sector0(16, 0, 0, 0, 0)),
    Flaw("more sectors than the disk has", "firmware", "the disk is shorter", sector0(16, 0xff, 0xff, 0xff, 0xff)),
    Flaw("the loader over the firmware", "firmware", "cannot lie or begin", sector0(24, 0, 0, 0, 0x80)),
    Flaw("the loader beyond its place", "firmware", "cannot lie or begin", sector0(24, 0, 0xff, 0x3f, 0x80)),
    Flaw("the loader at no address", "firmware", "cannot lie or begin", sector0(24, 0, 0, 0x20, 0x80, 0xff)),
    Flaw("an entry before the loader", "firmware", "cannot lie or begin", sector0(32, 0, 0, 0x10, 0x80)),
    Flaw("an odd entry", "firmware", "cannot lie or begin", { $0[32] |= 1 }),
    Flaw("one sector only", "firmware", "the disk is shorter", cut(toSectors: 1)),
    Flaw("cut in the loader", "firmware", "the disk is shorter", cut(toSectors: 20)),
  ]

  static let loader: [Flaw] = [
    Flaw("an empty partition table", "loader", "partition table is empty") {
      $0.replaceSubrange(table..<510, with: [UInt8](repeating: 0, count: 64))
    },
    Flaw("no kernel partition", "loader", "no partition has type 0x7e", sector0(table + 4, 0x83)),
    Flaw(
      "a partition beyond the disk", "loader", "beyond the end of the disk", sector0(table + 8, 0xff, 0xff, 0xff, 0xff)),
    Flaw("cut in the kernel", "loader", "beyond the end of the disk", cut(toSectors: 100)),
    Flaw("a wrong magic", "loader", "its magic is wrong", kernel(0, 0x7e)),
    Flaw("32 bits", "loader", "64 bits", kernel(4, 1)),
    Flaw("big-endian", "loader", "little-endian", kernel(5, 2)),
    Flaw("an object file", "loader", "no executable", kernel(16, 1)),
    Flaw("another machine", "loader", "another machine", kernel(18, 62)),
    Flaw("no program headers", "loader", "no segments", kernel(56, 0, 0)),
    Flaw("program headers far away", "loader", "program headers", kernel(32, 0, 0x10)),
    Flaw("program headers nowhere", "loader", "program headers", kernel(39, 0xff)),
    Flaw("a segment over the firmware", "loader", "lies below 0x80400000", kernel(address, 0, 0, 0)),
    Flaw("a segment over the loader", "loader", "lies below 0x80400000", kernel(address, 0, 0, 0x20)),
    Flaw("a segment beyond memory", "loader", "beyond the end of memory", kernel(address + 3, 0x90)),
    Flaw(
      "a segment at the end of all", "loader", "beyond the end of memory",
      kernel(address, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)),
    Flaw("a segment of all memory", "loader", "over the device tree", kernel(sizeInMemory, 0, 0xff, 0xbf, 0x0f)),
    Flaw("a segment of more than its partition", "loader", "the kernel is truncated", kernel(sizeInFile, 0, 0, 0x70)),
    Flaw("an entry nowhere", "loader", "entry lies in none", kernel(24 + 3, 0x81)),
    Flaw("no room for the kernel", "loader", "magic is wrong") {
      // The kernel's partition is the file system's.
      $0.replaceSubrange((table + 8)..<(table + 16), with: Array($0[(table + 24)..<(table + 32)]))
    },
  ]

  static let all = firmware + loader
}
