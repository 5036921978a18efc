/// An instruction of 32 bits to be filled in, for whoever makes code: `InstructionTemplate("addi")(rd: 10, rs1: 10, imm: 1)`.
package struct InstructionTemplate: Sendable {
  private let encoding: Encoding

  /// - Precondition: there is a row of this name.
  package init(_ name: String) {
    encoding = InstructionSet.shared.encodings[InstructionRow.all.firstIndex { $0.name == name }!]
  }

  /// That of an instruction that was decoded.
  package init(of decoded: InstructionSet.Decoded) { encoding = InstructionSet.shared.encodings[decoded.index] }

  /// The encoding, or nil where the immediate does not fit.
  package func bits(rd: Int = 0, rs1: Int = 0, rs2: Int = 0, imm: Int64 = 0) -> UInt32? {
    var fields = InstructionFields()
    fields[.rd] = Int64(rd)
    fields[.rs1] = Int64(rs1)
    fields[.rs2] = Int64(rs2)
    fields[.imm] = imm
    return encoding.bits(of: fields)
  }

  /// - Precondition: the immediate fits.
  package func callAsFunction(rd: Int = 0, rs1: Int = 0, rs2: Int = 0, imm: Int64 = 0) -> UInt32 {
    bits(rd: rd, rs1: rs1, rs2: rs2, imm: imm)!
  }
}
