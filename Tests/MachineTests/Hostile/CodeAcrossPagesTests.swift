import Machine
import RISCV
import SystemPackage
import Testing

/// An instruction whose second half lies in the next page and is written again and again. A fetch sees every store before it.
@Suite("Code across a page border that changes")
struct CodeAcrossPagesTests {
  enum Writer: CaseIterable { case ownHart, otherHart, disk }
  enum Paging: CaseIterable {
    /// In M-mode, the two pages one behind the other.
    case off
    /// In S-mode, the two pages apart in RAM, the store by another address than the fetch.
    case on
  }

  private typealias Layout = HostileLayout
  private static let rounds: UInt64 = 60
  /// Where `addi a0, a0, N` begins, two bytes before the border; and its second half, in RAM.
  private static let straddler = (off: Layout.code + 0xffe, on: UInt64(0x1000_0ffe))
  private static let secondHalf = (off: Layout.code + 0x1000, on: Layout.code + 0x5000)
  private static let flag = Layout.data
  private static let rings = Layout.rings
  /// Where the disk's registers are mapped.
  private static let virtioPage: UInt64 = 0x1000_2000

  @Test("Each call runs what was written last", arguments: Writer.allCases, Paging.allCases)
  func latest(writer: Writer, paging: Paging) throws {
    for usesStepPath in [false, true] {
      let folder = try TemporaryFolder()
      let machine = try Self.machine(writer, paging, folder)
      machine.usesStepPath = usesStepPath
      _ = machine.run(stepLimit: 400_000)
      // N is 1 at first, and one more after each call.
      #expect(machine.harts[0].x(10) == Self.rounds * (Self.rounds + 1) / 2, "by step: \(usesStepPath)")
      #expect(machine.harts[0].x(18) == 0, "all rounds are done")
    }
  }

  private static func machine(_ writer: Writer, _ paging: Paging, _ folder: TemporaryFolder) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memorySize = Layout.memorySize
    configuration.hartCount = 2
    let words = try (1...rounds + 1).map { try halves(of: $0) }
    let image = words.flatMap { word in Array(word.dropFirst(2)) + word.returns + [UInt8](repeating: 0, count: 506) }
    configuration.disks = [.init(path: FilePath(try folder.write(image, to: "disk.img")))]
    let machine = try Machine(configuration)
    let second = paging == .on ? secondHalf.on : secondHalf.off
    machine.memory.write(words[0].prefix(2), to: .init(Layout.code + 0xffe))
    machine.memory.write(words[0].dropFirst(2) + words[0].returns, to: .init(second))
    try place(caller(writer), at: Layout.base, machine)
    try place(Self.writer, at: Layout.base + 0x800, machine)
    try setUpDisk(machine, target: second)
    mapPages(machine.memory)
    for hart in machine.harts {
      hart.reset(pc: hart.index == 0 ? Layout.base : Layout.base + 0x800)
      _ = hart.writeCSR(CSRGroup.pmpaddr.base, .max)
      _ = hart.writeCSR(CSRGroup.pmpcfg.base, 0x1f)
      if paging == .on {
        _ = hart.writeCSR(CSR.satp.rawValue, 8 << 60 | Layout.tables >> 12)
        hart.privilege = .supervisor
      }
      hart.setX(8, paging == .on ? straddler.on : straddler.off)
      hart.setX(9, second)
      hart.setX(18, rounds)
      hart.setX(19, flag)
      hart.setX(20, UInt64(words[0][2]) | UInt64(words[0][3]) << 8)
      hart.setX(21, rings + 0x100)
      hart.setX(22, paging == .on ? virtioPage : MemoryMap.virtio)
      hart.setX(23, rings + 0x400)
    }
    return machine
  }

  /// Calls `s0`, has `s1` written, `s2` times.
  private static func caller(_ writer: Writer) -> [String] {
    let write =
      switch writer {
      // One more in the immediate is 16 more in the second half.
      case .ownHart: ["addi s4, s4, 16", "sh s4, 0(s1)"]
      // Raises the flag and waits until it falls.
      case .otherHart: ["sw s2, 0(s3)", "lw t0, 0(s3)", "bnez t0, .-4"]
      // The next request is available; the used index tells that it is done.
      case .disk:
        ["lhu t0, 2(s5)", "addi t0, t0, 1", "sh t0, 2(s5)", "sw zero, 0x50(s6)", "lhu t1, 2(s7)", "bne t0, t1, .-4"]
      }
    return ["jalr s0"] + write + ["addi s2, s2, -1", "bnez s2, .-\(4 * (write.count + 2))", "j ."]
  }

  /// The other hart: when the flag rises it writes, then lowers the flag.
  private static let writer = [
    "lw t0, 0(s3)", "beqz t0, .-4", "addi s4, s4, 16", "sh s4, 0(s1)", "sw zero, 0(s3)", "j .-20",
  ]

  private static func place(_ lines: [String], at address: UInt64, _ machine: Machine) throws {
    var address = address
    for line in lines {
      let bytes = try Assembler.assemble(line, at: address)
      machine.memory.write(bytes, to: .init(address))
      address += UInt64(bytes.count)
    }
  }

  private static func halves(of immediate: UInt64) throws -> [UInt8] {
    try Assembler.assemble("addi a0, a0, \(immediate)", at: 0)
  }

  /// Request `n` reads sector `n`, which holds the second half with the immediate `n + 1`, over the old one.
  private static func setUpDisk(_ machine: Machine, target: UInt64) throws {
    let memory = machine.memory
    for number in 1...rounds {
      let header = rings + 0x4000 + 32 * number
      memory.store(number, to: .init(header + 8))
      memory.writeChain(
        rings + 0x1000, first: 3 * number, [(header, 16, false), (target, 512, true), (header + 16, 1, true)])
      memory.store(UInt16(3 * number), to: .init(rings + 0x100 + 4 + 2 * (number - 1)))
    }
    try machine.board.virtio[0].makeReady(
      size: 256, descriptors: rings + 0x1000, available: rings + 0x100, used: rings + 0x400)
  }

  /// RAM where it is, as one gigapage; from 0x10000000 on the two pages of code, which are apart in RAM, and the disk.
  private static func mapPages(_ memory: PhysicalMemory) {
    let (root, megapages, pages) = (Layout.tables, Layout.tables + 0x1000, Layout.tables + 0x2000)
    memory.store((megapages >> 12) << 10 | 1, to: .init(root))
    memory.store(UInt64(0x80000) << 10 | 0xcf, to: .init(root + 16))
    memory.store((pages >> 12) << 10 | 1, to: .init(megapages + 8 * 128))
    for (index, page) in [Layout.code, secondHalf.on, MemoryMap.virtio].enumerated() {
      memory.store((page >> 12) << 10 | 0xcf, to: .init(pages + 8 * UInt64(index)))
    }
  }
}

extension [UInt8] {
  /// `ret`, which follows the instruction.
  fileprivate var returns: [UInt8] { [0x67, 0x80, 0, 0] }
}
