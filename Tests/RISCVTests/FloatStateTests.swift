import Lockstep
import RISCV
import Testing

@Suite("The state of floating point in mstatus")
struct FloatStateTests {
  private static let rows = InstructionRow.all.indices.filter {
    [.f, .d].contains(InstructionRow.all[$0].section)
  }
  private static let dirty: UInt64 = 3 << 13
  private static let initial: UInt64 = 1 << 13

  /// Registers that hold 1 in both precisions raise nothing; signalling NaNs raise the invalid flag.
  private static let operands: [(single: UInt64, double: UInt64)] = [
    (0xffff_ffff_3f80_0000, 0x3ff0_0000_0000_0000), (0xffff_ffff_7f80_0001, 0x7ff0_0000_0000_0001),
  ]

  @Test("FS becomes Dirty where a register is written or a flag is raised, and nowhere else", arguments: [false, true])
  func dirty(byStep: Bool) throws {
    let fixture = try HartFixture()
    var generator = SeededGenerator(state: 11)
    var clean = 0
    for index in Self.rows {
      let row = InstructionRow.all[index]
      let isDouble = row.section == .d
      for operand in Self.operands {
        for bits in RandomInstructions.encodings(ofRow: index, count: 4, using: &generator) {
          fixture.hart.reset(pc: HartFixture.base)
          fixture.memory.store(bits, to: GuestPhysicalAddress(HartFixture.base))
          for number in 1..<32 { fixture.hart.setX(number, HartFixture.base + 0x10_0000) }
          for number in 0..<32 { fixture.hart.setF(number, isDouble ? operand.double : operand.single) }
          fixture.set(.fcsr, 0)
          fixture.set(.mcause, 0)
          fixture.set(.mstatus, Self.initial)
          fixture.run(1, byStep: byStep)
          let writes = row.syntax.hasPrefix("frd")
          // Without register 0 as a base, nothing traps but a reserved rounding mode.
          let hasTrapped = fixture.csr(.mcause) != 0
          let isDirty = fixture.csr(.mstatus) & Self.dirty == Self.dirty
          let flags = fixture.hart.readCSR(CSR.fflags.rawValue)
          #expect(isDirty == (!hasTrapped && (writes || flags != 0)), "\(row.name) \(String(bits, radix: 16))")
          if !isDirty && !hasTrapped { clean += 1 }
        }
      }
    }
    #expect(clean > 50)
  }
}
