/// One instruction as the run loops consume it: 16 bytes of plain data.
struct DecodedOperation: Sendable {
  var code: OperationCode
  /// Destination register; an integer destination `x0` is sent to the sink register 32.
  var rd: UInt8
  var rs1: UInt8
  var rs2: UInt8
  /// Bytes of the instruction in the low four bits; above them its retire weight, how many guest instructions have retired once this
  /// operation is done; in the highest bit whether its block has an account.
  private var lengthAndWeight: UInt8
  /// Bytes from the start of its block.
  var offset: Int16
  /// The immediate; for floating point the rounding mode (bits 2 to 0) and `rs3` (bits 7 to 3); for Zicsr the number.
  var imm: Int64

  init(
    _ code: OperationCode, rd: UInt8 = 0, rs1: UInt8 = 0, rs2: UInt8 = 0, length: Int = 0, weight: Int = 0,
    offset: Int16 = 0, imm: Int64 = 0
  ) {
    self.code = code
    self.rd = rd
    self.rs1 = rs1
    self.rs2 = rs2
    lengthAndWeight = UInt8(length | weight << 4)
    self.offset = offset
    self.imm = imm
  }

  /// The number of the register that takes what is written to `x0`.
  static let sink: UInt8 = 32

  @inline(__always) var length: UInt64 { UInt64(lengthAndWeight & 15) }
  @inline(__always) var weight: Int {
    get { Int(lengthAndWeight >> 4 & 7) }
    set { lengthAndWeight = lengthAndWeight & 0x8f | UInt8(newValue << 4) }
  }
  /// It ends a block of translated code, behind which stands a ``BlockAccount``.
  @inline(__always) var isAccounted: Bool {
    get { lengthAndWeight & 0x80 != 0 }
    set { lengthAndWeight = lengthAndWeight & 0x7f | (newValue ? 0x80 : 0) }
  }
  /// An instruction that completes none of the guest's, as translated code has them.
  @inline(__always) var overhead: Int { lengthAndWeight & 15 == 0 ? 0 : 1 - weight }

  /// Nothing follows it in its block.
  var endsBlock: Bool { code.endsBlock }

  /// The operation of the encoding `bits`, as it was decoded; what is no instruction becomes `illegal`.
  init(_ decoded: InstructionSet.Decoded?, _ bits: UInt32) {
    guard let decoded else {
      self.init(.illegal, length: bits & 3 == 3 ? 4 : 2, weight: 1)
      return
    }
    let fields = decoded.fields
    let shape = DecodedShape.all[decoded.index]
    self.init(
      OperationCode(rawValue: UInt16(decoded.index))!,
      rd: fields.rd == 0 && !shape.writesFloat ? Self.sink : UInt8(fields.rd),
      rs1: UInt8(shape.hasSourceImmediate ? Int(fields[.zimm]) : fields.rs1), rs2: UInt8(fields.rs2),
      length: decoded.length, weight: 1)
    switch shape.immediate {
    case .csr: imm = fields[.csr]
    case .rounding: imm = fields[.rm] | fields[.rs3] << 3
    case .literal: imm = fields.imm
    }
    if code == .slti && fields.rd == 0 && fields.rs1 == 0 { code = .marker }
  }
}

/// What decoding needs to know of a row of the instruction table, found out once: the rows are text, and a system that
/// starts decodes millions of instructions.
private struct DecodedShape: Sendable {
  /// What becomes of `DecodedOperation.imm`.
  enum Immediate { case literal, csr, rounding }

  let writesFloat: Bool
  /// An immediate in the place of `rs1`.
  let hasSourceImmediate: Bool
  let immediate: Immediate

  static let all = InstructionRow.all.map(DecodedShape.init)

  init(_ row: InstructionRow) {
    writesFloat = row.syntax.hasPrefix("frd")
    hasSourceImmediate = row.pattern.contains("zimm")
    switch row.section {
    case .zicsr: immediate = .csr
    case .f, .d: immediate = row.pattern.contains("imm") ? .literal : .rounding
    default: immediate = .literal
    }
  }
}

/// Why an operation did not complete in place.
enum Departure: Error {
  /// It raised an exception; it has changed nothing.
  case trap(Trap)
  /// It needs the step path; it has changed nothing.
  case step
}
