import Lockstep
import RISCV
import Testing

/// Random instructions with privileged state, paging and traps, run on the block loop and on the step path.
@Suite("Random programs run alike on the block loop and on the step path")
struct RandomProgramTests {
  private static let base = HartFixture.base
  private static let handler = base + 0x20_0000
  private static let tables = base + 0x30_0000

  /// A hart before a random program: code in the first 64 KiB, a handler that skips what trapped, page tables that map RAM
  /// with random rights.
  private static func fixture(seed: UInt64) throws -> HartFixture {
    var random = SeededGenerator(state: seed)
    let fixture = try HartFixture(svade: seed % 5 == 0)
    let rows = InstructionRow.all.count
    var address = base
    while address < base + 0x1_0000 {
      let row = Int.random(in: 0..<rows, using: &random)
      let word = RandomInstructions.encodings(ofRow: row, count: 1, using: &random)[0]
      let isCompressed = UInt8.random(in: 0..<4, using: &random) == 0
      if isCompressed {
        fixture.memory.store(UInt16.random(in: 0 ... .max, using: &random), to: GuestPhysicalAddress(address))
        address += 2
      } else {
        fixture.memory.store(word, to: GuestPhysicalAddress(address))
        address += 4
      }
    }
    // The handler goes on somewhere in the code, in a mode of its choice.
    try fixture.place(
      [
        "csrr t6, mepc", "csrr t5, minstret", "slli t5, t5, 47", "srli t5, t5, 48", "andi t5, t5, -2",
        "lui t6, 0x40000",
        "slli t6, t6, 1", "add t6, t6, t5", "csrw mepc, t6", "csrrwi t5, mstatus, 0", "csrr t5, minstret",
        "slli t5, t5, 11", "csrw mstatus, t5", "csrr t5, mcause", "mv a0, t6", "addi a1, t6, 64", "mret",
      ], at: handler)
    // Root at `tables`: gigapage 2 maps RAM through a table of megapages, then of pages with random rights.
    fixture.store(((tables + 0x1000) >> 12) << 10 | 1, at: tables + 16)
    for index in 0..<UInt64(2) {
      fixture.store(((tables + 0x2000 + index * 0x1000) >> 12) << 10 | 1, at: tables + 0x1000 + index * 8)
    }
    for page in 0..<UInt64(1024) {
      let rights = UInt64.random(in: 0...255, using: &random) | (page % 4 == 0 ? 0xf : 0x1)
      fixture.store((base >> 12 + page) << 10 | rights, at: tables + 0x2000 + page * 8)
    }
    for register in 1..<32 {
      fixture.hart.setX(register, base + UInt64.random(in: 0..<0x8000, using: &random) * 8)
      fixture.hart.setF(register, UInt64.random(in: 0 ... .max, using: &random))
    }
    fixture.openProtection()
    fixture.set(.mtvec, handler)
    fixture.set(.mstatus, 1 << 13)
    fixture.set(.mcounteren, 7)
    fixture.set(.scounteren, 7)
    fixture.set(.satp, 8 << 60 | tables >> 12)
    return fixture
  }

  private static func state(_ fixture: HartFixture) -> [UInt64] {
    let hart = fixture.hart
    return [hart.pc, UInt64(hart.privilege.rawValue), hart.retired]
      + (0..<32).map { hart.x($0) } + (0..<32).map { hart.f($0) } + CSRName.all.map { hart.readCSR($0.number) ?? 0 }
  }

  private static func memory(_ fixture: HartFixture) -> UInt64 {
    var hash: UInt64 = 0
    fixture.memory.forEachNonzeroPage { address, words in
      for word in words { hash = (hash ^ word ^ address) &* 0x100_0000_01b3 }
    }
    return hash
  }

  @Test("Seeds 1 to 40", arguments: 1...40 as ClosedRange<UInt64>)
  func agree(seed: UInt64) throws {
    let fast = try Self.fixture(seed: seed)
    let reference = try Self.fixture(seed: seed)
    for round in 0..<400 {
      Self.advance(fast, byStep: false)
      Self.advance(reference, byStep: true)
      let (one, other) = (Self.state(fast), Self.state(reference))
      guard one == other else {
        let place = zip(one, other).enumerated().first { $0.element.0 != $0.element.1 }!
        Issue.record("seed \(seed), round \(round): word \(place.offset) differs: \(place.element)")
        return
      }
    }
    #expect(Self.memory(fast) == Self.memory(reference))
    #expect(fast.hart.retired > 2000, "the program got somewhere")
  }

  /// A turn of 97 instructions; a waiting hart is woken by a software interrupt.
  private static func advance(_ fixture: HartFixture, byStep: Bool) {
    let end = fixture.hart.retired + 97
    var tries = 0
    while fixture.hart.retired < end && tries < 2000 {
      let stop = fixture.hart.run(
        allowance: Int(end - fixture.hart.retired), clock: fixture.hart.retired, byStep: byStep)
      if case .waiting = stop {
        fixture.set(.mie, 8)
        fixture.hart.setInterrupt(.machineSoftware, level: true)
      }
      tries += 1
    }
    fixture.hart.setInterrupt(.machineSoftware, level: false)
  }
}
