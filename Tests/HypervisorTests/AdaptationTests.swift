import Hypervisor
import Machine
import RISCV
import Testing

/// Instructions that trap again and again are translated otherwise, and back.
@Suite("Adaptive retranslation")
struct AdaptationTests {
  private static let base = PiecedMachine.base
  private static let reads = 200

  /// One load reads the UART's line status, and then memory, as often each.
  private static let pieces: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "lui s0, 0x10000", "li s3, \(reads)", "lbu a0, 5(s0)", "add a1, a1, a0", "addi s3, s3, -1", "bnez s3, .-12",
        "auipc s0, 0", "li s3, \(reads)", "addi s4, s4, 1", "li t0, 2", "bne s4, t0, .-32", "j .",
      ]
    )
  ]
  private static let steps = 2 * (2 + 4 * reads + 5)

  private static func run(_ technique: Technique, isAdaptive: Bool = true) throws -> VirtualMachine {
    let virtual = try PiecedMachine.make(technique, pieces, MonitorChoices(isAdaptive: isAdaptive))
    _ = virtual.machine.run(limit: UInt64(steps))
    return virtual
  }

  @Test("A device access traps ten times, then calls; a hundred calls for nothing, and it is itself again")
  func device() throws {
    let (native, adaptive, not) = (
      try Self.run(.native), try Self.run(.binaryTranslation), try Self.run(.binaryTranslation, isAdaptive: false)
    )
    #expect(native.machine.digest() == adaptive.machine.digest() && native.machine.digest() == not.machine.digest())
    #expect(adaptive.exits[.device].count == 10 && adaptive.exits[.adapted].count == UInt64(Self.reads - 10 + 100))
    #expect(not.exits[.device].count == UInt64(Self.reads) && not.exits[.adapted].count == 0)
    // A call is its trap, the handler, the instruction and the device, and the return.
    let costs = adaptive.costs
    let call = [CostAction.trapEntryEcall, .adaptedCall, .emulate, .trapReturn].reduce(0) { $0 + costs[$1] }
    let (slowest, quickest) = (adaptive.exits[.adapted].most, adaptive.exits[.adapted].least)
    #expect(slowest == call + costs[.deviceModel] && quickest == call)
    #expect(adaptive.ledgers[0].clock < not.ledgers[0].clock)
  }

  @Test("Step by step it is what it is natively, and costs what a run costs")
  func steps() throws {
    let (native, stepped) = (
      try PiecedMachine.make(.native, Self.pieces), try PiecedMachine.make(.binaryTranslation, Self.pieces)
    )
    guard PiecedMachine.areAlike(native, stepped, steps: Self.steps, "adapted") else { return }
    #expect(stepped.ledgers[0].clock == (try Self.run(.binaryTranslation)).ledgers[0].clock)
  }

  /// A device access that raises a trap of the guest's, so that a short service becomes a long one.
  @Test("An adapted access may trap")
  func trap() throws {
    let pieces: [(address: UInt64, lines: [String])] = [
      (
        Self.base,
        [
          "auipc s1, 0", "addi t0, s1, 0x400", "csrw mtvec, t0", "lui s0, 0x10000", "li s3, 40", "lbu a0, 5(s0)",
          "addi s3, s3, -1", "bnez s3, .-8",
          // Nothing is there.
          "li s0, 0", "li s3, 40", "addi s4, s4, 1", "li t0, 2", "bne s4, t0, .-28", "j .",
        ]
      ),
      (Self.base + 0x400, ["csrr t0, mepc", "addi t0, t0, 4", "csrw mepc, t0", "addi a4, a4, 1", "mret"]),
    ]
    let (native, translated) = (
      try PiecedMachine.make(.native, pieces), try PiecedMachine.make(.binaryTranslation, pieces)
    )
    guard PiecedMachine.areAlike(native, translated, steps: 500, "a trap") else { return }
    #expect(native.machine.harts[0].x(14) == 40)
    #expect(translated.exits[.adapted].count > 30)
  }
}
