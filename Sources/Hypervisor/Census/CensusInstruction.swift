import RISCV

/// One thing that the census asks about: an instruction, and for those that access CSRs also the register and whether it is written.
package struct CensusInstruction: Sendable {
  /// As a reader knows it: `sret`, `csrrs a0, sstatus`.
  package let name: String
  /// The row's mnemonic.
  package let mnemonic: String
  /// Its encodings: one, but several with other immediates where one writes a CSR.
  package let encodings: [UInt32]
  /// The CSR that it names.
  package let csr: UInt16?
  /// It writes the CSR; false where it only reads.
  package let isWrite: Bool
  /// `rs1` is an address.
  let usesAddress: Bool
  /// What it does may depend on the value of `rs1`.
  var usesOperand: Bool { csr == nil ? !usesAddress : isWrite && !mnemonic.hasSuffix("i") }

  /// Instructions and accesses to CSRs, in the order of the rows. Of numbered groups of CSRs the first stands for all.
  package static let all: [CensusInstruction] = InstructionRow.all.indices.flatMap { row in
    InstructionRow.all[row].syntax.contains("csr") ? accesses(row) : [plain(row)]
  }

  /// Operands in the fields of whatever format: `s0` is `rd` and `rs2`, and 8 where an immediate lies there; `a1` is `rs1`.
  private static let operands: UInt32 = 8 << 7 | 11 << 15 | 8 << 20 | 9 << 27

  private static func encoding(_ row: Int, operands: UInt32 = operands) -> UInt32 {
    let fixed = InstructionSet.shared.fixedBits(ofRow: row)
    return fixed.value | operands & ~fixed.mask
  }

  private static func plain(_ row: Int) -> CensusInstruction {
    let (name, syntax) = (InstructionRow.all[row].name, InstructionRow.all[row].syntax)
    // With three sources the third is a field; elsewhere those bits are an immediate's, or fixed.
    let isFused = syntax.contains("rs3")
    return .init(
      name: name, mnemonic: name, encodings: [encoding(row, operands: isFused ? operands : operands & 0x07ff_ffff)],
      csr: nil,
      isWrite: false, usesAddress: syntax.contains("(rs1)"))
  }

  /// For each register the form that writes, and, where there is one, the form that only reads (`rs1` is `zero`).
  private static func accesses(_ row: Int) -> [CensusInstruction] {
    let name = InstructionRow.all[row].name
    let isSwap = name.hasPrefix("csrrw")
    return registers.flatMap { number -> [CensusInstruction] in
      let register = CSRName.name(of: number)!
      let isImmediate = name.hasSuffix("i")
      return (isSwap ? [true] : [false, true]).map { isWrite in
        let sources: [UInt32] = !isWrite ? [0] : isImmediate ? [31, 11, 4, 16] : [11]
        return .init(
          name: "\(name) \(register)\(isWrite || isSwap ? "" : ", \(isImmediate ? "0" : "zero")")", mnemonic: name,
          encodings: sources.map { encoding(row, operands: UInt32(number) << 20 | 8 << 7 | $0 << 15) }, csr: number,
          isWrite: isWrite, usesAddress: false)
      }
    }
  }

  /// Every register, but one of each group.
  static let registers: [UInt16] =
    (CSR.allCases.map(\.rawValue) + CSRGroup.allCases.map { $0.number($0.indices[0]) }).sorted()
}
