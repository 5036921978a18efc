import Machine
import RISCV
import Testing

@Suite("Loading")
struct LoaderTests {
  private let folder: TemporaryFolder
  private static let ram: UInt64 = 0x8000_0000

  init() throws { folder = try TemporaryFolder() }

  private func board(
    memory: UInt64 = 64 << 20, _ change: (inout MachineConfiguration) -> Void
  ) throws -> Board {
    var configuration = MachineConfiguration()
    configuration.memorySize = memory
    change(&configuration)
    let port = FakePort()
    ports.append(port)
    return try Board(configuration, memory: try PhysicalMemory(size: memory), port: port)
  }

  /// A board does not own the harts it drives.
  private final class Ports {
    var all: [FakePort] = []
    func append(_ port: FakePort) { all.append(port) }
  }
  private let ports = Ports()

  private func message(memory: UInt64 = 64 << 20, _ change: (inout MachineConfiguration) -> Void) -> String {
    do {
      _ = try board(memory: memory, change)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  /// What the boot ROM hands over: where it jumps, the device tree, and what follows the firmware.
  private func handover(_ board: Board) throws -> (start: UInt64, deviceTree: UInt64, next: UInt64) {
    func double(_ offset: UInt64) throws -> UInt64 { try board.bootROM.read(offset: offset, width: .double) }
    return (try double(24), try double(32), try double(56))
  }

  private func write(_ name: String, count: Int, _ byte: UInt8) throws -> String {
    try folder.write([UInt8](repeating: byte, count: count), to: name)
  }

  @Test("Flat firmware, flat kernel and RAM disk lie where QEMU puts them, and the boot ROM knows it")
  func flat() throws {
    let firmware = try write("fw.bin", count: 300_000, 1)
    let kernel = try write("kernel.bin", count: 3 << 20, 2)
    let initrd = try write("initrd.img", count: 1_000_001, 3)
    let board = try board {
      $0.bios = .file(.init(firmware))
      $0.kernel = .init(kernel)
      $0.initrd = .init(initrd)
      $0.append = "quiet"
    }
    let boot = try handover(board)
    #expect(boot.start == 0x8000_0000)
    #expect(boot.next == 0x8020_0000)
    #expect(boot.deviceTree == 0x83e0_0000)
    #expect(board.images.map(\.role) == [.firmware, .kernel, .initrd, .deviceTree])
    #expect(board.images.map(\.entry) == [0x8000_0000, 0x8020_0000, 0x83d0_b000, 0x83e0_0000])
    #expect(board.memory.load(.init(0x8020_0000 + 3 << 20 - 1), as: UInt8.self) == 2)
    #expect(board.memory.load(.init(0x83d0_b000), as: UInt8.self) == 3)
    let blob = try #require(board.memory.read(.init(boot.deviceTree), count: Int(board.images[3].range.count)))
    var reader = try #require(DeviceTreeReader(blob))
    let chosen = try #require(reader.root()?.node("chosen"))
    #expect(chosen.text("bootargs") == "quiet")
    #expect(chosen.cells("linux,initrd-start") == [0, 0x83d0_b000])
    #expect(chosen.cells("linux,initrd-end") == [0, 0x83d0_b000 + 1_000_001])
  }

  @Test("Firmware longer than 2 MiB moves the kernel up")
  func longFirmware() throws {
    let firmware = try write("fw.bin", count: 2 << 20 + 1, 1)
    let kernel = try write("kernel.bin", count: 100, 2)
    let board = try board {
      $0.bios = .file(.init(firmware))
      $0.kernel = .init(kernel)
    }
    #expect(try handover(board).next == 0x8040_0000)
  }

  @Test("Without firmware a flat kernel starts in M-mode at the start of RAM")
  func noFirmware() throws {
    let kernel = try write("kernel.bin", count: 100, 2)
    let board = try board { $0.kernel = .init(kernel) }
    #expect(try handover(board).start == 0x8000_0000)
    #expect(board.images[0].entry == 0x8000_0000)
  }

  @Test("Without anything the harts start at the start of RAM")
  func nothing() throws {
    let board = try board { _ in }
    #expect(try handover(board).start == 0x8000_0000)
    #expect(board.startAddress == 0x1000)
  }

  @Test("The device tree stays below 3 GiB")
  func deviceTreeLimit() throws {
    #expect(try handover(try board(memory: 4 << 30) { _ in }).deviceTree == 0xbfe0_0000)
  }

  @Test("An ELF file goes to its own addresses, and its entry is translated to physical")
  func elf() throws {
    var elf = ELFBuilder()
    elf.entry = 0xffff_ffff_8000_0010
    elf.segments = [
      .init(
        virtualAddress: 0xffff_ffff_8000_0000, physicalAddress: 0x8040_0000, bytes: [UInt8](repeating: 9, count: 64),
        memorySize: 4096), ELFBuilder.segment(0x8030_0000, [1, 2, 3, 4]),
    ]
    elf.symbols = [("start", 0xffff_ffff_8000_0010)]
    let kernel = try folder.write(elf.bytes, to: "vmlinux")
    let board = try board { $0.kernel = .init(kernel) }
    #expect(try handover(board).start == 0x8040_0010)
    #expect(board.images[0].pieces.map(\.range.start) == [0x8030_0000, 0x8040_0000])
    #expect(board.images[0].range == AddressRange(start: 0x8030_0000, end: 0x8040_1000))
    #expect(board.images[0].symbols.map(\.name) == ["start"])
    #expect(board.memory.load(.init(0x8030_0000), as: UInt32.self) == 0x0403_0201)
    #expect(board.htif == nil)
  }

  @Test("A Linux Image takes the room its header asks for")
  func linuxImage() throws {
    var image = [UInt8](repeating: 0, count: 4096)
    func set(_ value: UInt64, _ offset: Int) {
      for byte in 0..<8 { image[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
    }
    set(0x20_0000, 8)
    set(0x100_0000, 16)
    image.replaceSubrange(0x38..<0x3c, with: [0x52, 0x53, 0x43, 0x05])
    let firmware = try write("fw.bin", count: 100, 1)
    let kernel = try folder.write(image, to: "Image")
    let board = try board {
      $0.bios = .file(.init(firmware))
      $0.kernel = .init(kernel)
    }
    #expect(board.images[1].range == AddressRange(start: 0x8020_0000, end: 0x8120_0000))
    set(0x1_0000_0000, 16)
    try folder.write(image, to: "Image")
    #expect(message { $0.kernel = .init(kernel) }.contains("which is not all in RAM"))
    set(.max, 16)
    try folder.write(image, to: "Image")
    #expect(message { $0.kernel = .init(kernel) }.contains("which is not all in RAM"))
  }

  @Test("A bare-metal program starts at its entry, and its tohost ends the run")
  func program() throws {
    var elf = ELFBuilder()
    elf.segments = [ELFBuilder.segment(0x8000_0000, [0x13, 0, 0, 0], memorySize: 0x2000)]
    elf.symbols = [("tohost", 0x8000_1000), ("fromhost", 0x8000_1040)]
    let program = try folder.write(elf.bytes, to: "program.elf")
    let board = try board { $0.program = .init(program) }
    #expect(try handover(board).start == 0x8000_0000)
    #expect(board.htif?.toHost == 0x8000_1000 && board.htif?.fromHost == 0x8000_1040)
    board.memory.store(UInt64(5 << 1 | 1), to: .init(0x8000_1000))
    board.atTurnBorder()
    #expect(board.exitRequest == .failure(code: 5))
  }

  @Test("A reset brings the images back, zeros of their memory included, and leaves the rest of RAM")
  func reset() throws {
    var elf = ELFBuilder()
    elf.segments = [ELFBuilder.segment(0x8000_0000, [1, 2, 3, 4], memorySize: 0x2000)]
    let program = try folder.write(elf.bytes, to: "program.elf")
    let board = try board { $0.program = .init(program) }
    for address: UInt64 in [0x8000_0000, 0x8000_1000, 0x8000_3000] {
      board.memory.store(UInt64.max, to: .init(address))
    }
    board.exitRequest = .reset
    try board.reset()
    #expect(board.exitRequest == nil)
    #expect(board.memory.load(.init(0x8000_0000), as: UInt64.self) == 0x0403_0201)
    #expect(board.memory.load(.init(0x8000_1000), as: UInt64.self) == 0)
    #expect(board.memory.load(.init(0x8000_3000), as: UInt64.self) == .max)
  }

  @Test("What does not fit into RAM, or overlaps, is refused with the ranges and a remedy")
  func placement() throws {
    let firmware = try write("fw.bin", count: 100, 1)
    let big = try write("big.bin", count: 5 << 20, 1)
    #expect(
      message(memory: 4 << 20) { $0.kernel = .init(big) }
        .contains("wants 0x80000000..0x804fffff, which is not all in RAM (0x80000000..0x803fffff); give more --memory"))
    #expect(
      message(memory: 8 << 20) {
        $0.bios = .file(.init(firmware))
        $0.kernel = .init(big)
      }.contains("the device tree at 0x80600000"))
    #expect(
      message(memory: 8 << 20) {
        $0.kernel = .init(big)
        $0.initrd = .init(big)
      }.contains("the initial RAM disk at 0x80100000..0x805fffff overlaps the kernel at 0x80000000..0x804fffff"))
    #expect(message(memory: 4 << 20) { $0.initrd = .init(big) }.contains("does not fit into RAM"))
    var elf = ELFBuilder()
    elf.segments = [ELFBuilder.segment(0x8000_0040, [1])]
    let overlapping = try folder.write(elf.bytes, to: "kernel.elf")
    #expect(
      message {
        $0.bios = .file(.init(firmware))
        $0.kernel = .init(overlapping)
      }.contains("the kernel at 0x80000040..0x80000040 overlaps the firmware at 0x80000000..0x80000063"))
    elf.segments = [ELFBuilder.segment(0x1000, [1])]
    let low = try folder.write(elf.bytes, to: "low.elf")
    #expect(message { $0.kernel = .init(low) }.contains("link it into RAM"))
    elf.segments = [ELFBuilder.segment(0x8000_0000, [1], memorySize: 1 << 40)]
    let huge = try folder.write(elf.bytes, to: "huge.elf")
    #expect(message { $0.kernel = .init(huge) }.contains("which is not all in RAM"))
    #expect(message(memory: 4 << 20) { $0.append = String(repeating: "x", count: 5 << 20) }.contains("does not fit"))
  }

  @Test("Files that cannot be loaded are refused with a reason and a remedy")
  func badFiles() throws {
    try folder.write([], to: "empty")
    try folder.write([0x1f, 0x8b] + [UInt8](repeating: 0, count: 100), to: "Image.gz")
    try folder.write([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], to: "short.elf")
    var elf = ELFBuilder()
    elf.segments = [ELFBuilder.segment(0x8000_0000, [UInt8](repeating: 0, count: 4096))]
    try folder.write(Array(elf.bytes.prefix(2000)), to: "cut.elf")
    elf.machine = 62
    try folder.write(elf.bytes, to: "x86.elf")
    elf.machine = 243
    elf.segments = []
    try folder.write(elf.bytes, to: "hollow.elf")
    try folder.write([1, 2, 3, 4], to: "flat.bin")
    let expectations = [
      "absent": "No such file or directory; check the path", "empty": "is empty", "": "is not a regular file",
      "Image.gz": "is compressed with gzip; unpack it first", "short.elf": "ends inside the ELF header",
      "cut.elf": "cut short or damaged", "x86.elf": "an ELF file for x86-64", "hollow.elf": "no segment to load",
    ]
    for (name, expected) in expectations {
      #expect(message { $0.kernel = .init(folder.path(name)) }.contains(expected), "\(name)")
    }
    #expect(message { $0.program = .init(folder.path("flat.bin")) }.contains("is not an ELF file"))
    #expect(message { $0.initrd = .init(folder.path("Image.gz")) } == "accepted")
  }

  @Test(
    "Numbers that no board can have are refused",
    arguments: [
      (0, 256 << 20, "1 to 8 harts, not 0"), (9, 256 << 20, "1 to 8 harts, not 9"), (-1, 256 << 20, "1 to 8 harts"),
      (1, 3, "cannot have 3 bytes of RAM"), (1, 0, "cannot have 0 bytes"), (1, 4 << 20 + 1, "whole pages"),
      (1, 1 << 50, "4M to 64G"),
    ] as [(Int, UInt64, String)])
  func badNumbers(harts: Int, memory: UInt64, expected: String) {
    var configuration = MachineConfiguration()
    configuration.hartCount = harts
    configuration.memorySize = memory
    do {
      try configuration.validate()
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains(expected))
    }
  }

  @Test("Too many disks, a bad disk, and a program beside a kernel are refused")
  func badCombinations() throws {
    let disk = try write("disk.img", count: 512, 0)
    let odd = try write("odd.img", count: 513, 0)
    #expect(
      message { $0.disks = .init(repeating: .init(path: .init(disk)), count: 7) }.contains("7 disks are too many"))
    #expect(message { $0.disks = .init(repeating: .init(path: .init(disk)), count: 6) } == "accepted")
    #expect(message { $0.disks = [.init(path: .init(odd))] }.contains("513 bytes"))
    #expect(
      message {
        $0.program = .init(disk)
        $0.kernel = .init(disk)
      }.contains("give either"))
  }
}
