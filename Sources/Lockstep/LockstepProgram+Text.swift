import RISCV

extension LockstepProgram {
  static func csrName(_ number: UInt16) -> String { CSRName.name(of: number) ?? hex(UInt64(number)) }
  static func text(_ bits: UInt32, at pc: UInt64) -> String { Disassembler.text(bits: bits, pc: pc) }
}
