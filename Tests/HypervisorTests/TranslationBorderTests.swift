import Hypervisor
import Machine
import RISCV
import Testing

/// Code where a translator may go wrong: at the ends of pages, across them, where there is none, and in pages that come and go.
@Suite("Translated code at borders")
struct TranslationBorderTests {
  private static let base = PiecedMachine.base
  private static let rounds = 40

  /// Pieces of code by their addresses. In machine mode: `s1` and `s2` are pages, at whose ends code goes on or lies across; a
  /// trap adds its cause up in `a1`, and goes on at `ra`.
  private static let pieces: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "auipc s0, 0", "addi t0, s0, 0x400", "csrw mtvec, t0", "lui t1, 2", "add s1, s0, t1", "lui t1, 4",
        "add s2, s0, t1", "li t0, -1", "csrw pmpaddr0, t0", "li t0, 0x1f", "csrw pmpcfg0, t0", "li s3, \(rounds)",
        // From the last instruction of a page into the next one; across; by an odd address; into a device; to nothing.
        "jalr ra, -4(s1)", "jalr ra, -2(s2)", "addi t0, s1, 1", "jalr ra, 0(t0)", "lui t0, 0x10000", "jalr ra, 0(t0)",
        "jalr ra, 0(zero)",
        // One more in the immediate of what lies across.
        "lhu t0, 0(s2)", "addi t0, t0, 16", "sh t0, 0(s2)", "addi s3, s3, -1", "bnez s3, .-44",
        // On in supervisor mode, at 0x10000000.
        "li t0, 1", "slli t0, t0, 63", "lui t1, 0x80", "addi t1, t1, 0x10", "or t0, t0, t1", "csrw satp, t0",
        "lui t0, 0x10000", "csrw mepc, t0", "lui t0, 2", "addi t0, t0, -2048", "csrc mstatus, t0", "lui t0, 1",
        "addi t0, t0, -2048",
        "csrs mstatus, t0", "li s3, \(rounds)", "addi s4, s0, 0x600", "mret",
      ]
    ),
    (base + 0x400, ["csrr t0, mcause", "slli a1, a1, 1", "add a1, a1, t0", "csrw mepc, ra", "mret"]),
    (base + 0x600, ["addi a4, a4, 1", "j ."]),
    (
      base + 0x700,
      ["ld t0, 0(s5)", "andi t0, t0, -2", "sd t0, 0(s5)", "sfence.vma", "addi ra, s4, 0", "jalr zero, 0(s8)"]
    ),
    (base + 0x1ffc, ["addi a0, a0, 1", "addi a0, a0, 2", "jalr zero, 0(ra)"]),
    (base + 0x3ffe, ["addi a0, a0, 4", "jalr zero, 0(ra)"]),
    // The page behind this one is another one each time: `s5` is the first entry, `s7` what has to change in the second.
    (
      base + 0x2_0000,
      [
        "lui t0, 0x12", "add s5, s0, t0", "jal ra, .+\(0x1000 - 8)",
        "ld t0, 8(s5)", "xor t0, t0, s7", "sd t0, 8(s5)", "sfence.vma", "addi s3, s3, -1", "bnez s3, .-24",
        // And now the page that this runs in goes, by a call from which there is no return.
        "jalr s8, 0x700(s0)", "addi a5, a5, 1", "j .-4",
      ]
    ),
    (base + 0x2_1000, ["addi a0, a0, 5", "jalr zero, 0(ra)"]),
    (base + 0x2_2000, ["addi a0, a0, 7", "jalr zero, 0(ra)"]),
  ]

  private static func borderMachine(_ technique: Technique, cacheSize: Int) throws -> VirtualMachine {
    let virtual = try PiecedMachine.make(technique, pieces, MonitorChoices(cacheSize: cacheSize))
    let memory = virtual.machine.memory
    // RAM where it is, as one gigapage; two pages from 0x10000000 on.
    let (root, megapages, pages) = (base + 0x1_0000, base + 0x1_1000, base + 0x1_2000)
    memory.store((megapages >> 12) << 10 | 1, to: .init(root))
    memory.store(UInt64(0x80000) << 10 | 0xcf, to: .init(root + 16))
    memory.store((pages >> 12) << 10 | 1, to: .init(megapages + 8 * 128))
    memory.store(((base + 0x2_0000) >> 12) << 10 | 0xcf, to: .init(pages))
    memory.store(((base + 0x2_1000) >> 12) << 10 | 0xcf, to: .init(pages + 8))
    // From page 0x80021 to 0x80022, and back.
    virtual.machine.harts[0].setX(23, 3 << 10)
    return virtual
  }

  @Test("Each instruction does what it does natively", arguments: [4 << 10, CodeCache.defaultSize])
  func borders(cacheSize: Int) throws {
    for technique in [Technique.binaryTranslation, try Technique(parsing: "binary-translation/shadow/virtual-tlb")] {
      let (native, translated) = (
        try Self.borderMachine(.native, cacheSize: cacheSize), try Self.borderMachine(technique, cacheSize: cacheSize)
      )
      guard PiecedMachine.areAlike(native, translated, steps: 4000, "\(technique)") else { return }
      let hart = native.machine.harts[0]
      let rounds = UInt64(Self.rounds)
      // 1 + 2 at the end of a page and 2 by the odd address; 4 and one more each time across; 5 and 7 in turn.
      #expect(hart.x(10) == rounds * 5 + rounds * 4 + rounds * (rounds - 1) / 2 + rounds / 2 * 12)
      #expect(hart.x(14) == 1 && hart.x(15) == 0)
    }
  }

  /// OBSERVATION-IS-FREE: a fetch that no table has yet is looked for once, whether the interpreter comes there by a block or by a step.
  @Test("Each instruction costs what it costs in a run", arguments: EquivalenceTests.techniques)
  func costs(technique: Technique) throws {
    let machine = { try Self.borderMachine(technique, cacheSize: CodeCache.defaultSize) }
    let (whole, stepped) = (try machine(), try machine())
    _ = whole.machine.run(stepLimit: 4000)
    for _ in 0..<4000 { _ = stepped.machine.run(stepLimit: 1) }
    #expect(whole.ledgers[0].clock == stepped.ledgers[0].clock)
    #expect(whole.machine.digest() == stepped.machine.digest())
  }

  /// A page that two address spaces have in common, from which each goes on to another one.
  private static let shared: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "li t0, -1", "csrw pmpaddr0, t0", "li t0, 0x1f", "csrw pmpcfg0, t0", "lui t0, 0x10000", "csrw mepc, t0",
        "lui t0, 1", "addi t0, t0, -2048", "csrs mstatus, t0", "li s4, \(rounds)", "csrw satp, s2", "mret",
      ]
    ),
    (
      base + 0x2_0000,
      [
        // Some rounds in one space, so that the page is chained; then in turn.
        "csrw satp, s2", "jal ra, .+\(0x1000 - 4)", "jal ra, .+\(0x1000 - 8)", "jal ra, .+\(0x1000 - 12)",
        "csrw satp, s3", "jal ra, .+\(0x1000 - 20)", "addi s4, s4, -1", "bnez s4, .-28", "j .",
      ]
    ),
    (base + 0x2_1000, ["addi a0, a0, 5", "jalr zero, 0(ra)"]),
    (base + 0x2_2000, ["addi a0, a0, 7", "jalr zero, 0(ra)"]),
  ]

  @Test("A page that several address spaces share goes on in each to where that has it")
  func sharedPage() throws {
    func machine(_ technique: Technique) throws -> VirtualMachine {
      try Self.inTwoSpaces(technique, Self.shared) { [0x2_0000, $0 == 0 ? 0x2_1000 : 0x2_2000] }
    }
    let (native, translated) = (try machine(.native), try machine(.binaryTranslation))
    guard PiecedMachine.areAlike(native, translated, steps: Self.rounds * 30 + 100, "in two spaces") else { return }
    #expect(native.machine.harts[0].x(10) == UInt64(Self.rounds) * (3 * 5 + 7))
  }

  /// A machine with two address spaces, whose `satp` are in `s2` and `s3`: RAM where it is, as one gigapage, and pages from 0x10000000
  /// on, by the offset of each into RAM.
  private static func inTwoSpaces(
    _ technique: Technique, _ pieces: [(address: UInt64, lines: [String])], pages: (Int) -> [UInt64]
  ) throws -> VirtualMachine {
    let virtual = try PiecedMachine.make(technique, pieces)
    let memory = virtual.machine.memory
    for space in 0..<2 {
      let root = base + 0x1_0000 + UInt64(space) * 0x3000
      let (megapages, lowest) = (root + 0x1000, root + 0x2000)
      memory.store((megapages >> 12) << 10 | 1, to: .init(root))
      memory.store(UInt64(0x80000) << 10 | 0xcf, to: .init(root + 16))
      memory.store((lowest >> 12) << 10 | 1, to: .init(megapages + 8 * 128))
      for (index, page) in pages(space).enumerated() {
        memory.store(((base + page) >> 12) << 10 | 0xcf, to: .init(lowest + UInt64(index) * 8))
      }
      virtual.machine.harts[0].setX(18 + space, 8 << 60 | UInt64(space + 1) << 44 | root >> 12)
    }
    return virtual
  }

  /// A page that goes on to the next one, where two spaces have different ones. The second has it twice.
  private static let twice: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "li t0, -1", "csrw pmpaddr0, t0", "li t0, 0x1f", "csrw pmpcfg0, t0", "lui t0, 1", "addi t0, t0, -2048",
        "csrs mstatus, t0", "li s4, \(rounds)", "lui s5, 0x10000", "lui s6, 0x10002", "auipc t0, 0", "addi t0, t0, 16",
        "csrw mepc, t0", "mret",
        // Where the first space has been, the second one goes by its other address, so that the page is its own, and then by the same.
        "csrw satp, s2", "jalr ra, 0(s5)", "jalr ra, 0(s5)", "csrw satp, s3", "jalr ra, 0(s6)", "jalr ra, 0(s5)",
        "jalr ra, 0(s5)", "csrw satp, s2", "jalr ra, 0(s5)", "addi s4, s4, -1", "bnez s4, .-40", "j .",
      ]
    ),
    (base + 0x2_0000, ["j .+0x1000"]),
    (base + 0x2_1000, ["addi a0, a0, 5", "jalr zero, 0(ra)"]),
    (base + 0x2_2000, ["addi a0, a0, 7", "jalr zero, 0(ra)"]),
  ]

  @Test("A page that is mapped twice goes on in each space to where that has it")
  func mappedTwice() throws {
    func machine(_ technique: Technique) throws -> VirtualMachine {
      try Self.inTwoSpaces(technique, Self.twice) {
        $0 == 0 ? [0x2_0000, 0x2_1000] : [0x2_0000, 0x2_2000, 0x2_0000, 0x2_2000]
      }
    }
    let (native, translated) = (try machine(.native), try machine(.binaryTranslation))
    guard PiecedMachine.areAlike(native, translated, steps: Self.rounds * 35 + 100, "mapped twice") else { return }
    #expect(native.machine.harts[0].x(10) == UInt64(Self.rounds) * (3 * 5 + 3 * 7))
  }
}
