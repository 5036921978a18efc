/// Writes instructions in assembly language, spelled as by LLVM's `objdump`.
package enum Disassembler {
  /// What stands for bits that are no instruction of this machine.
  package static let unknown = "<unknown>"

  /// The instruction at the low end of `bits`, such as `addi sp, sp, -0x10`, with ABI register names. Targets of branches and
  /// jumps are absolute addresses in hexadecimal. `aliases`: pseudo-instructions, and compressed instructions as what they stand
  /// for; without, every instruction under its own name (RISC-V Assembly Programmer's Manual, "Pseudoinstructions").
  package static func text(bits: UInt32, pc: UInt64, aliases: Bool = true) -> String {
    // All zeros is defined to be illegal, and has a name nevertheless.
    if bits & 0xffff == 0 { return aliases ? "unimp" : "c.unimp" }
    guard let decoded = InstructionSet.shared.decode(bits) else { return unknown }
    return text(decoded, bits: bits, pc: pc, aliases: aliases)
  }

  private static func text(
    _ decoded: InstructionSet.Decoded, bits: UInt32, pc: UInt64, aliases: Bool
  ) -> String {
    let forms = AssemblyForms.shared
    if let index = decoded.compressedIndex {
      let form = forms.all[InstructionRow.all.count + index]
      let fields = form.encoding.fields(of: bits & 0xffff)!
      if !aliases || isHint(form.name, fields) { return text(form, fields, pc: pc, aliases: aliases) }
      if let alias = form.alias(for: fields) { return text(alias, fields, pc: pc) }
    }
    let form = forms.all[decoded.index]
    if aliases, let alias = form.alias(for: decoded.fields) { return text(alias, decoded.fields, pc: pc) }
    return text(form, decoded.fields, pc: pc, aliases: aliases)
  }

  /// Whether a compressed instruction is one that changes nothing, and is shown under its own name for that ("C" Extension,
  /// "HINT Instructions").
  private static func isHint(_ name: String, _ fields: InstructionFields) -> Bool {
    switch name {
    case "c.nop": fields.imm != 0
    case "c.addi": fields.imm == 0
    case "c.slli64", "c.srli64", "c.srai64": true
    case "c.li", "c.lui", "c.mv", "c.add", "c.slli": fields.rd == 0
    default: false
    }
  }

  private static func text(_ alias: AssemblyAlias, _ fields: InstructionFields, pc: UInt64) -> String {
    join(alias.name, operands(alias.syntax, fields, pc: pc, aliases: true))
  }

  private static func text(
    _ form: AssemblyForm, _ fields: InstructionFields, pc: UInt64, aliases: Bool
  ) -> String {
    join(form.name + suffix(fields), operands(form.syntax, fields, pc: pc, aliases: aliases))
  }

  private static func join(_ name: String, _ operands: String) -> String {
    operands.isEmpty ? name : name + " " + operands
  }

  /// The ordering of an atomic instruction, as the end of its mnemonic.
  static func suffix(_ fields: InstructionFields) -> String {
    switch (fields[.aq], fields[.rl]) {
    case (0, 0): ""
    case (1, 0): ".aq"
    case (0, 1): ".rl"
    default: ".aqrl"
    }
  }

  private static func operands(
    _ syntax: AssemblySyntax, _ fields: InstructionFields, pc: UInt64, aliases: Bool
  ) -> String {
    var text = ""
    for (index, piece) in syntax.pieces.enumerated() {
      switch piece {
      case .punctuation(UInt8(ascii: ",")):
        if isUnsaid(syntax.pieces[index + 1], fields, aliases: aliases) { return text }
        text += ", "
      case .punctuation(let byte):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      case .operand(let operand):
        text += self.text(operand, fields, pc: pc)
      }
    }
    return text
  }

  /// Whether the operand is a rounding mode that goes without saying.
  private static func isUnsaid(_ piece: AssemblySyntax.Piece, _ fields: InstructionFields, aliases: Bool) -> Bool {
    guard case .operand(let operand) = piece, case .roundingMode(let unsaid) = operand.kind else { return false }
    return fields[.rm] == unsaid && (aliases || unsaid != RoundingModeName.dynamic)
  }

  private static func text(_ operand: AssemblySyntax.Operand, _ fields: InstructionFields, pc: UInt64) -> String {
    let value = fields[operand.field]
    switch operand.kind {
    case .register: return RegisterName.abiX[Int(value)]
    case .floatRegister: return RegisterName.abiF[Int(value)]
    case .fixedRegister(let register): return RegisterName.abiX[Int(register)]
    case .immediate: return hexadecimal(value)
    case .upper: return hexadecimal(value >> 12 & 0xfffff)
    case .target: return "0x" + String(pc &+ UInt64(bitPattern: value), radix: 16)
    case .csr: return CSRName.spelling(of: UInt16(value))
    case .fenceSet: return FenceSetName.name(of: value)
    case .roundingMode: return RoundingModeName.all.first { $0.value == value }?.name ?? hexadecimal(value)
    }
  }

  static func hexadecimal(_ value: Int64) -> String {
    (value < 0 ? "-0x" : "0x") + String(value.magnitude, radix: 16)
  }
}
