/// A register as an operand.
package enum Register: Sendable, Hashable {
  case x(Int)
  case f(Int)

  /// Its ABI name.
  package var name: String {
    switch self {
    case .x(let number): RegisterName.abiX[number]
    case .f(let number): RegisterName.abiF[number]
    }
  }
}

/// An instruction with its parts, as a debugger looks at it.
package struct Instruction: Sendable {
  package enum Operand: Sendable, Equatable {
    /// A register that is read.
    case source(Register)
    /// The register that is written.
    case destination(Register)
    /// A number: an immediate, or the rounding mode or the set of a fence by its encoding.
    case immediate(Int64)
    /// What a load, a store, an atomic or `jalr` goes to: a register's value plus a constant.
    case address(base: Register, offset: Int64)
    /// A direct target, by its distance in bytes.
    case target(distance: Int64)
    case csr(UInt16)
  }

  /// The encoding, without what follows a compressed instruction.
  package let bits: UInt32
  /// Two or four bytes.
  package var length: Int { decoded.length }
  /// The row; a compressed instruction has the one that it stands for.
  package var row: InstructionRow { decoded.row }
  /// The fields of ``row``.
  package var fields: InstructionFields { decoded.fields }
  /// The operands of ``row`` in assembly order.
  package let operands: [Operand]

  private let decoded: InstructionSet.Decoded

  /// The instruction at the low end of `bits`; nil when there is none.
  package init?(bits: UInt32) {
    guard let decoded = InstructionSet.shared.decode(bits) else { return nil }
    self.bits = decoded.length == 2 ? bits & 0xffff : bits
    self.decoded = decoded
    operands = Self.operands(AssemblyForms.shared.all[decoded.index].syntax, decoded.fields)
  }

  /// The name without aliases, such as `c.addi` or `amoadd.w.aq`.
  package var mnemonic: String {
    decoded.compressedIndex.map { CompressedRow.all[$0].name } ?? row.name + Disassembler.suffix(fields)
  }

  /// Registers whose values it uses, without `zero`.
  package var reads: Set<Register> {
    Set(
      operands.compactMap { operand -> Register? in
        switch operand {
        case .source(let register), .address(let register, _): register
        default: nil
        }
      }
    ).subtracting([.x(0)])
  }

  /// The register that it changes, if not `zero`.
  package var writes: Register? {
    for case .destination(let register) in operands where register != .x(0) { return register }
    return nil
  }

  package var isBranch: Bool { row.flow == .branch }
  /// Whether it always goes elsewhere: `jal` or `jalr`.
  package var isJump: Bool { row.flow == .jump || row.flow == .indirectJump }
  /// Whether it is a jump that links `ra` or `t0`, as calls do (RV32I, "Unconditional Jumps", return-address prediction).
  package var isCall: Bool { isJump && Self.isLink(fields.rd) }
  /// Whether it is a jump to `ra` or `t0` that links nothing, as returns do.
  package var isReturn: Bool { row.flow == .indirectJump && Self.isLink(fields.rs1) && !Self.isLink(fields.rd) }

  /// Where a branch or a direct jump at `pc` goes when it goes.
  package func target(pc: UInt64) -> UInt64? {
    isBranch || row.flow == .jump ? pc &+ UInt64(bitPattern: fields.imm) : nil
  }

  private static func isLink(_ register: Int) -> Bool { register == 1 || register == 5 }

  private static func operands(_ syntax: AssemblySyntax, _ fields: InstructionFields) -> [Operand] {
    var operands: [Operand] = []
    for (index, piece) in syntax.pieces.enumerated() {
      guard case .operand(let operand) = piece else { continue }
      let value = fields[operand.field]
      let isAddress = index > 0 && syntax.pieces[index - 1] == .punctuation(UInt8(ascii: "("))
      switch operand.kind {
      case .register, .floatRegister, .fixedRegister:
        let register = operand.kind == .floatRegister ? Register.f(Int(value)) : .x(Int(value))
        if isAddress {
          if case .immediate = operands.last { operands.removeLast() }
          operands.append(.address(base: register, offset: fields.imm))
        } else {
          operands.append(operand.field == .rd ? .destination(register) : .source(register))
        }
      case .immediate, .upper, .fenceSet, .roundingMode: operands.append(.immediate(value))
      case .target: operands.append(.target(distance: value))
      case .csr: operands.append(.csr(UInt16(value)))
      }
    }
    return operands
  }
}
