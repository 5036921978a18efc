import Lockstep
import RISCV
import Testing

@Suite("Assembler: spellings and errors")
struct AssemblerErrorTests {
  static let pc: UInt64 = 0x8000_0000

  @Test(
    "Two spellings of the same thing give the same bits",
    arguments: [
      ("addi a0, a1, 16", "  ADDI x10,x11 , 0x10 # comment"),
      ("addi a0, a1, 16", "addi a0, a1, 0b10000 // comment"),
      ("addi a0, a1, 8", "addi a0, a1, 010"),
      ("addi a0, a1, -1", "addi a0, a1, 0xffffffffffffffff"),
      ("li a0, 35", "li a0, '#'"),
      ("li a0, 39", "li a0, '\\''"),
      ("li a0, 44", "li a0, ','"),
      ("li a0, 10", "li a0, '\\n'"),
      ("lw a0, 0(sp)", "lw a0, (sp)"),
      ("amoadd.w a0, a1, (a2)", "amoadd.w a0, a1, 0(a2)"),
      ("cbo.zero (a0)", "cbo.zero 0(a0)"),
      ("lui a0, 0xfffff", "li a0, -4096"),
      ("bseti a0, zero, 31", "li a0, 0x80000000"),
      ("fadd.s fa0, fa1, fa2", "fadd.s fa0, fa1, fa2, dyn"),
      ("fcvt.d.w fa0, a0", "fcvt.d.w fa0, a0, rne"),
      ("csrrw zero, mstatus, a0", "csrw 0x300, a0"),
      ("csrrwi zero, mstatus, 8", "csrw mstatus, 8"),
      ("beq a0, zero, 0x80000010", "beqz a0, .+16"),
      ("j 0x7ffffffc", "j . - 4"),
      ("addi s0, s0, 1", "addi fp, x8, +1"),
    ])
  func sameBits(first: String, second: String) throws {
    #expect(try Assembler.assemble(first, at: Self.pc) == Assembler.assemble(second, at: Self.pc))
  }

  @Test(
    "An error says where it is and what was expected",
    arguments: [
      ("", "column 1: expected an instruction, found the end of the line"),
      ("adi a0, a0, 1", "column 1: no instruction is called 'adi'; near: add, addi, andi"),
      ("frobnicate a0", "column 1: no instruction is called 'frobnicate'"),
      (
        "addi a0, a0, 2048", "operand 3, column 14: expected a number from -2048 to 2047, found '2048'"
      ),
      (
        "add a0, a0, 2048",
        "operand 3, column 13: expected an integer register or a number from -2048 to 2047, found '2048'"
      ),
      ("addi a0, fa0, 1", "operand 2, column 10: expected an integer register, found 'fa0'"),
      ("addi a0, a1", "operand 2, column 12: expected ',', found the end of the line"),
      ("addi a0, a1,", "operand 3, column 13: expected a number from -2048 to 2047, found the end of the line"),
      ("ret a0", "operand 1, column 5: expected the end of the line, found 'a0'"),
      ("slli a0, a0, 64", "operand 3, column 14: expected a number from 0 to 63, found '64'"),
      ("lui a0, -1", "operand 2, column 9: expected a number from 0 to 0xfffff, found '-1'"),
      (
        "c.lw a0, 3(a1)", "operand 2, column 10: expected a multiple of 4 from 0 to 124, found '3'"
      ),
      ("c.lw t0, 4(a1)", "operand 1, column 6: expected an integer register from s0 to a5, found 't0'"),
      ("c.addi16sp sp, 0", "operand 2, column 16: expected a multiple of 16 from -512 to 496 but 0, found '0'"),
      ("c.addi16sp a0, 16", "operand 1, column 12: expected sp, found 'a0'"),
      ("c.lui sp, 1", "operand 1, column 7: expected an integer register but sp, found 'sp'"),
      ("csrr a0, mstatsu", "operand 2, column 10: expected a CSR by name or number, found 'mstatsu'"),
      (
        "fadd.s fa0, fa0, fa0, up",
        "operand 4, column 23: expected a rounding mode (rne, rtz, rdn, rup, rmm, dyn), found 'up'"
      ),
      (
        "fence wr, r",
        "operand 1, column 7: expected some of 'iorw' in this order or 0 or the end of the line, found 'wr'"
      ),
      (
        "beq a0, a1, 0x80001000",
        "operand 3, column 13: expected an even address from 0x7ffff000 to 0x80000ffe, or '.+' or '.-' a distance, "
          + "found '0x80001000'"
      ),
      (
        "li a0, 0x12345678",
        "operand 2, column 8: 0x12345678 takes several instructions to load: begin with lui, go on with addi and slli"
      ),
    ])
  func error(line: String, message: String) {
    let error = #expect(throws: AssemblerError.self) { try Assembler.assemble(line, at: Self.pc) }
    #expect(error?.description == message)
  }

  @Test("Near spellings are offered for a slip of the hand", arguments: ["amoad.w.aq", "sfence.wma", "csrrx", "c.adi"])
  func near(name: String) {
    let error = #expect(throws: AssemblerError.self) { try Assembler.assemble(name, at: 0) }
    guard case .unknownMnemonic(name, let near) = error?.problem else {
      Issue.record("not an unknown mnemonic: \(String(describing: error))")
      return
    }
    #expect(!near.isEmpty)
  }

  @Test("No line makes the assembler crash")
  func anyLine() throws {
    var generator = SeededGenerator(state: 5)
    let alphabet = Array("abcdefirsvwx.0123456789,()-+' \\#/\"\té€\u{0}%:;")
    let words = [
      "addi", "c.addi", "li", "beq", "lw", "amoadd.w.aqrl", "csrrw", "fence", "fadd.d", "a0", "sp", "ft0", "-1",
    ]
    let more = [
      "0x7fffffffffffffff", "-9223372036854775808", ".", ".+", ".-9223372036854775808", "'", "''", "'\\", "(", ")", ",",
    ]
    for _ in 0..<20_000 {
      var line = ""
      for _ in 0..<Int.random(in: 0..<9, using: &generator) {
        switch UInt8.random(in: 0..<4, using: &generator) {
        case 0: line.append(alphabet.randomElement(using: &generator)!)
        case 1: line += words.randomElement(using: &generator)! + " "
        case 2: line += more.randomElement(using: &generator)!
        default: line += ", "
        }
      }
      let pc = UInt64.random(in: 0...UInt64.max, using: &generator)
      guard let bytes = try? Assembler.assemble(line, at: pc) else { continue }
      #expect(bytes.count == 2 || bytes.count == 4)
    }
  }
}
