import Machine
import RISCV
import Testing

@Suite("The balloon on the board")
struct BalloonMachineTests {
  /// A driver of a few instructions for slot 5: it looks at the target, and answers a higher one by naming as many pages as are
  /// wanted, one after another, and writing `actual`. Its descriptors are 64 KiB into RAM, the available ring behind them at
  /// 256, the used ring at 512, the number of a page at 1024.
  private static let driver = [
    "lui s0, 0x10006", "li s1, 1", "slli s1, s1, 31", "lui t0, 0x10", "add s1, s1, t0",
    "sw zero, 112(s0)", "li t0, 11", "sw t0, 112(s0)", "sw zero, 48(s0)", "li t0, 8", "sw t0, 56(s0)", "sw s1, 128(s0)",
    "addi t0, s1, 256", "sw t0, 144(s0)", "addi t0, s1, 512", "sw t0, 160(s0)", "li t0, 1", "sw t0, 68(s0)",
    "li t0, 15", "sw t0, 112(s0)",
    // Descriptor 0: four bytes.
    "addi t0, s1, 1024", "sd t0, 0(s1)", "li t0, 4", "sw t0, 8(s1)", "li s2, 0", "lui s3, 0x80",
    // Wait until the target is above what is given up.
    "lw t0, 256(s0)", "beq t0, s2, .-4",
    // Name the page, make descriptor 0 available again, notify.
    "addi t1, s3, 1024", "add t1, t1, s2", "sw t1, 1024(s1)", "addi s2, s2, 1", "sh s2, 258(s1)", "sw zero, 80(s0)",
    "sw s2, 260(s0)", "j .-36",
  ]

  private func machine(_ folder: TemporaryFolder) throws -> Machine {
    var bytes: [UInt8] = []
    for line in Self.driver { bytes += try Assembler.assemble(line, at: 0x8000_0000 + UInt64(bytes.count)) }
    var builder = ELFBuilder()
    builder.segments = [ELFBuilder.segment(0x8000_0000, bytes)]
    var configuration = MachineConfiguration()
    configuration.program = .init(try folder.write(builder.bytes, to: "balloon.elf"))
    configuration.memorySize = 64 << 20
    configuration.balloon = .init(target: 5 * 4096)
    return try Machine(configuration)
  }

  @Test("It takes the highest free slot and moves no other device; too large a one is refused")
  func slot() throws {
    var configuration = MachineConfiguration()
    configuration.balloon = .init(target: 1)
    configuration.networkDevices = [.init(address: MACAddress(device: 0))]
    let memory = try PhysicalMemory(size: configuration.memorySize)
    let port = FakePort()
    let board = try Board(configuration, memory: memory, port: port)
    #expect(
      board.virtio.map { $0.function?.name ?? "" } == ["", "", "", "", "balloon", "network", "console", "entropy"])
    #expect(board.balloon?.target == 1)
    configuration.balloon = .init(target: 1 << 40)
    #expect(throws: MachineError.self) { try configuration.validate() }
    configuration.balloon = .init(slot: 6)
    #expect(throws: MachineError.self) { try configuration.validate() }
    configuration.balloon = .init()
    configuration.networkDevices = (0..<6).map { .init(address: MACAddress(device: $0)) }
    #expect(throws: MachineError.self) { try configuration.validate() }
  }

  @Test("The guest answers a target; a new one is told by an interrupt and another generation, and is in the digest")
  func target() throws {
    let machine = try machine(TemporaryFolder())
    let (balloon, slot) = (try #require(machine.board.balloon), machine.board.virtio[5])
    _ = machine.run(stepLimit: 20_000)
    #expect(balloon.actual == 5 && balloon.pages.count == 5 && balloon.pages.contains(1028))
    try slot.write(3, offset: 0x64, width: .word)
    let before = (generation: try slot.word(0xfc), digest: machine.digest())
    machine.board.balloonRequests.send(Board.balloonPages(9 * 4096 - 1))
    #expect(balloon.target == 5)
    _ = machine.run(stepLimit: 20_000)
    #expect(balloon.target == 9 && balloon.actual == 9 && balloon.inflatedCount == 9)
    #expect(try slot.word(0x60) == 3)
    #expect(try slot.word(0xfc) == before.generation + 1)
    #expect(machine.digest() != before.digest)
  }

  @Test("What was asked is asked again at the same time when the run is repeated, on both paths")
  func replay() throws {
    let folder = try TemporaryFolder()
    let first = try machine(folder)
    _ = first.run(stepLimit: 30_123)
    first.board.balloonRequests.send(40)
    _ = first.run(stepLimit: 20_000)
    first.board.balloonRequests.send(60)
    _ = first.run(stepLimit: 20_000)
    #expect(first.board.balloonRequests.arrivals.map(\.pages) == [40, 60])
    for usesStepPath in [false, true] {
      let second = try machine(folder)
      second.usesStepPath = usesStepPath
      second.board.balloonRequests.replay(first.board.balloonRequests.arrivals)
      _ = second.run(limit: first.position, stepLimit: 100_000)
      #expect(second.board.balloon?.inflatedCount == 60)
      #expect(second.digest() == first.digest())
    }
  }

  @Test("Events tell of each wish and of pages given up")
  func events() throws {
    let machine = try machine(TemporaryFolder())
    var seen: [Event.Kind] = []
    machine.eventMask = .balloon
    machine.eventHandler = { _, event in
      seen.append(event.kind)
      return false
    }
    _ = machine.run(stepLimit: 20_000)
    let given = (1...5).map { Event.Kind.balloon(.inflate, pages: 1, total: $0) }
    #expect(seen == [.balloon(.notice, pages: 5, total: 0)] + given)
    machine.board.balloonRequests.send(6)
    _ = machine.run(stepLimit: 20_000)
    #expect(
      seen.suffix(3) == [
        .balloon(.request, pages: 6, total: 5), .balloon(.notice, pages: 6, total: 5),
        .balloon(.inflate, pages: 1, total: 6),
      ])
  }
}
