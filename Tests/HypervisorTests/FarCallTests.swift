import Hypervisor
import Machine
import RISCV
import Testing

/// `auipc` and `jalr`, as compilers call what is far: the translator knows the target where one follows the other.
@Suite("Calls by auipc and jalr")
struct FarCallTests {
  private static let base = PiecedMachine.base
  private static let rounds = 30

  /// `s5` is the first function; each line has four bytes.
  private static let pieces: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "li s3, \(rounds)",
        // Known: into the register of the address, into another one and to an odd address, and by one that lookups borrow.
        "auipc ra, 1", "jalr ra, -4(ra)", "auipc t1, 1", "jalr ra, -11(t1)", "auipc t6, 1", "jalr t6, -4(t6)",
        // Not known: something is between them; another register; in the unit behind, for one has twelve instructions at most.
        "auipc t5, 1", "addi a1, t5, 0", "jalr ra, -28(t5)", "auipc t1, 1", "jalr ra, 0(s5)",
      ] + [String](repeating: "addi a3, a3, 1", count: 11) + [
        "auipc ra, 1", "jalr ra, -92(ra)", "addi s3, s3, -1", "bnez s3, .-100", "j .",
      ]
    ),
    (base + 0x1000, ["addi a0, a0, 1", "add a2, a2, ra", "jalr zero, 0(ra)"]),
    (base + 0x1010, ["addi a0, a0, 2", "add a2, a2, t6", "jalr zero, 0(t6)"]),
  ]

  private static func make(_ technique: Technique, cacheSize: Int = CodeCache.defaultSize) throws -> VirtualMachine {
    let virtual = try PiecedMachine.make(technique, pieces, MonitorChoices(cacheSize: cacheSize))
    virtual.machine.harts[0].setX(21, base + 0x1000)
    return virtual
  }

  @Test("Each instruction does what it does natively", arguments: [4 << 10, CodeCache.defaultSize])
  func calls(cacheSize: Int) throws {
    let (native, translated) = (
      try Self.make(.native), try Self.make(.binaryTranslation, cacheSize: cacheSize)
    )
    guard PiecedMachine.areAlike(native, translated, steps: 2000, "calls") else { return }
    let hart = native.machine.harts[0]
    #expect(hart.x(10) == UInt64(Self.rounds * 7) && hart.x(13) == UInt64(Self.rounds * 11))
  }

  @Test("What is known needs no lookup")
  func roles() throws {
    let virtual = try Self.make(.binaryTranslation)
    _ = virtual.machine.run(stepLimit: 2000)
    let cache = try #require(virtual.codeCache)
    let looksUp = Dictionary(
      uniqueKeysWithValues: cache.units.compactMap { unit in
        unit.key.map { ($0.pc &- Self.base, unit.code.contains { $0.role == .lookup }) }
      })
    #expect(looksUp[4] == false && looksUp[0xc] == false && looksUp[0x14] == false)
    #expect(looksUp[0x1c] == true && looksUp[0x28] == true && looksUp[0x60] == true)
  }

  /// OBSERVATION-IS-FREE: how often units are entered, and what that costs, does not depend on how the simulator ran.
  @Test("Entries are counted alike in a run, in pieces and by steps")
  func entries() throws {
    func counts(_ virtual: VirtualMachine) throws -> [UInt64] {
      let cache = try #require(virtual.codeCache)
      return [virtual.ledgers[0].clock] + cache.units.map(cache.entries)
    }
    let (whole, pieced, stepped) = (
      try Self.make(.binaryTranslation), try Self.make(.binaryTranslation), try Self.make(.binaryTranslation)
    )
    _ = whole.machine.run(stepLimit: 1500)
    for _ in 0..<1500 { _ = pieced.machine.run(stepLimit: 1) }
    stepped.machine.usesStepPath = true
    _ = stepped.machine.run(stepLimit: 1500)
    let expected = try counts(whole)
    #expect(expected.contains(UInt64(Self.rounds - 1)))
    #expect(try counts(pieced) == expected)
    #expect(try counts(stepped) == expected)
  }
}
