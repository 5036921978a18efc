import Lockstep
import RISCV
import Testing

@Suite("Decoding")
struct InstructionSetTests {
  @Test("Every row decodes to itself, unless a more special row takes its place")
  func everyRow() {
    var generator = SeededGenerator(state: 6)
    for index in InstructionRow.all.indices {
      let found = RandomInstructions.encodings(ofRow: index, count: 40, using: &generator)
        .compactMap { InstructionSet.shared.decode($0)?.index }
      #expect(!found.isEmpty && found.allSatisfy { $0 == index }, "\(InstructionRow.all[index].name)")
    }
  }

  @Test(
    "Reserved encodings are illegal",
    arguments: [
      (0x0000, "all zeros"), (0x0004, "c.addi4spn with zero"), (0x2001, "c.addiw to zero"),
      (0x4002, "c.lwsp to zero"), (0x6002, "c.ldsp to zero"), (0x8002, "c.jr zero"), (0x6101, "c.addi16sp with zero"),
      (0x6081, "c.lui with zero"), (0x9c41, "reserved in the place of c.subw and c.addw"), (0x8000, "Zcb's place"),
      (0xffff_ffff, "all ones"), (0x0000_8067 | 1 << 12, "jalr with funct3 1"),
      (0x0310_00d3 | 5 << 12, "rounding mode 5"),
      (0x0310_00d3 | 6 << 12, "rounding mode 6"), (0x1020_0073 | 1 << 7, "sret with a destination"),
      (0x1010_2f2f | 1 << 20, "lr.w with a second source"), (0x0200_101b | 1 << 25, "slliw by 32 or more"),
      (0x1200_00f3, "sfence.vma with a destination"), (0x0000_4073, "SYSTEM with funct3 4"),
    ] as [(UInt32, String)])
  func reserved(bits: UInt32, what: String) {
    #expect(InstructionSet.shared.decode(bits) == nil, "\(what)")
    #expect(Instruction(bits: bits) == nil)
  }

  @Test(
    "Hints and ignored fields execute as what they are made from",
    arguments: [
      (0x0005, "c.nop with an immediate", "addi"), (0x0081, "c.addi by zero", "addi"), (0x4005, "c.li zero", "addi"),
      (0x6005, "c.lui zero", "lui"), (0x8006, "c.mv zero", "add"), (0x9006, "c.add zero", "add"),
      (0x0082, "c.slli by zero", "slli"), (0x8001, "c.srli by zero", "srli"), (0x0100_000f, "pause", "fence"),
      (0xfff0_0f8f, "fence with every field", "fence"), (0x8ff0_000f, "fence with fm 8", "fence"),
      (0x8330_000f, "fence.tso", "fence.tso"), (0xabcd_9f8f, "fence.i with every field", "fence.i"),
      (0x0010_6013, "ori zero, a hint for prefetching", "ori"),
    ] as [(UInt32, String, String)])
  func executes(bits: UInt32, what: String, row: String) {
    #expect(InstructionSet.shared.decode(bits)?.row.name == row, "\(what)")
  }

  @Test(
    "Calls, returns, jumps and branches are told apart",
    arguments: [
      ("jal ra, .+8", "call"), ("jal t0, .+8", "call"), ("jal zero, .+8", "jump"), ("jal a0, .+8", "jump"),
      ("jalr ra, 0(a0)", "call"), ("jalr t0, 0(ra)", "call"), ("jalr zero, 0(ra)", "return"), ("jr t0", "return"),
      ("jr a0", "jump"), ("c.jr ra", "return"), ("c.jalr a0", "call"), ("c.j .+8", "jump"),
      ("beq a0, a1, .+8", "branch"),
      ("c.bnez a0, .+8", "branch"), ("addi a0, a0, 1", ""), ("mret", ""),
    ])
  func kinds(line: String, kind: String) throws {
    let instruction = try Self.instruction(line)
    let found =
      instruction.isCall
      ? "call" : instruction.isReturn ? "return" : instruction.isJump ? "jump" : instruction.isBranch ? "branch" : ""
    #expect(found == kind)
    #expect(instruction.isJump == ["call", "return", "jump"].contains(kind))
    let isDirect = line.contains(".+8")
    #expect(instruction.target(pc: 0x100) == (isDirect ? 0x108 : nil))
  }

  @Test(
    "An instruction knows the registers that it reads and writes",
    arguments: [
      ("add a0, a1, a2", [.x(11), .x(12)], .x(10)), ("add zero, a1, zero", [.x(11)], nil),
      ("sd a0, 8(sp)", [.x(10), .x(2)], nil), ("fld fa0, 8(sp)", [.x(2)], .f(10)),
      ("fmadd.d ft0, ft1, ft2, ft3", [.f(1), .f(2), .f(3)], .f(0)), ("feq.s a0, fa0, fa1", [.f(10), .f(11)], .x(10)),
      ("amoadd.w a0, a1, (a2)", [.x(11), .x(12)], .x(10)), ("csrrw t0, mstatus, t1", [.x(6)], .x(5)),
      ("csrrwi t0, mstatus, 1", [], .x(5)), ("lui a0, 1", [], .x(10)), ("jalr ra, 4(a0)", [.x(10)], .x(1)),
      ("c.add a0, a1", [.x(10), .x(11)], .x(10)), ("c.swsp a0, 4(sp)", [.x(2), .x(10)], nil), ("ecall", [], nil),
    ] as [(String, Set<Register>, Register?)])
  func registers(line: String, reads: Set<Register>, writes: Register?) throws {
    let instruction = try Self.instruction(line)
    #expect(instruction.reads == reads)
    #expect(instruction.writes == writes)
  }

  @Test("Operands come in assembly order")
  func operands() throws {
    #expect(
      try Self.instruction("sd a0, -8(sp)").operands == [.source(.x(10)), .address(base: .x(2), offset: -8)])
    #expect(
      try Self.instruction("c.beqz a0, .+8").operands
        == [.source(.x(10)), .source(.x(0)), .target(distance: 8)])
    #expect(try Self.instruction("csrw mstatus, a0").operands == [.destination(.x(0)), .csr(0x300), .source(.x(10))])
    #expect(try Self.instruction("cbo.zero (a0)").operands == [.address(base: .x(10), offset: 0)])
    #expect(try Self.instruction("c.addi a0, 1").mnemonic == "c.addi")
    #expect(try Self.instruction("amoadd.w.aq a0, a1, (a2)").mnemonic == "amoadd.w.aq")
  }

  @Test("Any bits either decode in every place or in none")
  func anyBits() {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<100_000 {
      let bits = UInt32.random(in: 0...UInt32.max, using: &generator)
      let pc = UInt64.random(in: 0...UInt64.max, using: &generator)
      let text = Disassembler.text(bits: bits, pc: pc)
      let instruction = Instruction(bits: bits)
      #expect((instruction == nil) == (text == Disassembler.unknown || bits & 0xffff == 0))
      _ = instruction?.target(pc: pc)
      #expect(!Disassembler.text(bits: bits, pc: pc, aliases: false).isEmpty)
    }
  }

  private static func instruction(_ line: String) throws -> Instruction {
    let bytes = try Assembler.assemble(line, at: 0)
    return try #require(Instruction(bits: bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }))
  }
}
