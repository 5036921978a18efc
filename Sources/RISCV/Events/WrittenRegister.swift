/// What an instruction writes beside memory and CSRs, as the syntax of its row says.
struct WrittenRegister: Sendable {
  /// The ``RegisterNumber``, 0 for none.
  var number: UInt8 = 0
  /// It may raise floating-point flags or make `FS` dirty.
  var flags = false

  init() {}

  /// Nil where there is no instruction.
  init(_ decoded: InstructionSet.Decoded?) {
    guard let decoded else { return }
    let shape = Shape.all[decoded.index]
    flags = shape.flags
    if let first = shape.first { number = first + UInt8(decoded.fields.rd) }
  }

  /// What there is to know of a row, found out once: the rows are text.
  private struct Shape: Sendable {
    /// Number of the first register of the kind that is written; nil when none is.
    let first: UInt8?
    let flags: Bool

    static let all = InstructionRow.all.map(Shape.init)

    init(_ row: InstructionRow) {
      flags = row.section == .f || row.section == .d
      switch InstructionSet.operandTokens(row.syntax).first {
      case "rd": first = 0
      case "frd": first = RegisterNumber.firstFloat
      default: first = nil
      }
    }
  }
}
