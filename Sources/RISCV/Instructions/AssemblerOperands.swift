/// Reads the operands of a line after one assembly form.
struct AssemblerOperands {
  let line: AssemblerLine
  let syntax: AssemblySyntax
  let encoding: Encoding
  let pc: UInt64

  private var position = 0
  private var operandNumber = 1
  private var fields = InstructionFields()

  init(line: AssemblerLine, syntax: AssemblySyntax, encoding: Encoding, pc: UInt64) {
    self.line = line
    self.syntax = syntax
    self.encoding = encoding
    self.pc = pc
  }

  /// The fields that are written; the others are zero.
  static func fields(
    of line: AssemblerLine, syntax: AssemblySyntax, encoding: Encoding, pc: UInt64
  ) throws(AssemblerError) -> InstructionFields {
    var reader = AssemblerOperands(line: line, syntax: syntax, encoding: encoding, pc: pc)
    return try reader.read()
  }

  private var token: AssemblerLine.Token? { position < line.tokens.count ? line.tokens[position] : nil }

  private mutating func read() throws(AssemblerError) -> InstructionFields {
    for (index, piece) in syntax.pieces.enumerated() {
      switch piece {
      case .punctuation(let byte):
        if byte == UInt8(ascii: ","), token == nil, let mode = unsaidMode(after: index) {
          fields[.rm] = mode
          return fields
        }
        try read(byte, isFirst: index == 0 || syntax.pieces[index - 1] == .punctuation(UInt8(ascii: ",")))
      case .operand(let operand):
        // `(a0)` is `0(a0)`.
        if operand.kind == .immediate, token?.text == "(", index + 1 < syntax.pieces.count { continue }
        try read(operand)
      }
    }
    if let token { throw expected("the end of the line", found: token) }
    return fields
  }

  private func unsaidMode(after index: Int) -> Int64? {
    guard case .operand(let operand) = syntax.pieces[index + 1], case .roundingMode(let unsaid) = operand.kind else {
      return nil
    }
    return unsaid
  }

  private mutating func read(_ byte: UInt8, isFirst: Bool) throws(AssemblerError) {
    // `0(a0)` is `(a0)`.
    if byte == UInt8(ascii: "("), isFirst, let token, !token.isPunctuation,
      AssemblerNumber.value(of: token.text) == 0
    {
      position += 1
    }
    let text = String(UnicodeScalar(byte))
    guard let token, token.isPunctuation, token.text == text else { throw expected("'\(text)'", found: token) }
    if byte == UInt8(ascii: ",") { operandNumber += 1 }
    position += 1
  }

  private mutating func read(_ operand: AssemblySyntax.Operand) throws(AssemblerError) {
    guard let token, !token.isPunctuation, let value = value(of: token.text, operand), isAllowed(value, operand) else {
      throw expected(description(of: operand), found: token)
    }
    if case .fixedRegister = operand.kind {} else { fields[operand.field] = value }
    position += 1
  }

  private func value(of text: String, _ operand: AssemblySyntax.Operand) -> Int64? {
    switch operand.kind {
    case .register, .fixedRegister: RegisterName.x(named: text).map(Int64.init)
    case .floatRegister: RegisterName.f(named: text).map(Int64.init)
    case .immediate: AssemblerNumber.value(of: text)
    case .upper: AssemblerNumber.value(of: text).flatMap(Self.upper)
    case .target: Self.target(text, pc: pc).map { Int64(bitPattern: $0 &- pc) }
    case .csr: CSRName.anyNumber(named: text).map(Int64.init) ?? AssemblerNumber.value(of: text)
    case .fenceSet: FenceSetName.value(named: text)
    case .roundingMode: RoundingModeName.all.first { $0.name == text }?.value
    }
  }

  /// The immediate of `lui` for the number that is written.
  private static func upper(_ value: Int64) -> Int64? {
    (0...0xfffff).contains(value) ? Int64(Int32(truncatingIfNeeded: value << 12)) : nil
  }

  /// An absolute address, or one by its distance: `.`, `.+8`, `. - 4`.
  private static func target(_ text: String, pc: UInt64) -> UInt64? {
    guard text.first == "." else { return AssemblerNumber.value(of: text).map { UInt64(bitPattern: $0) } }
    let distance = text.dropFirst().drop { $0 == " " }
    if distance.isEmpty { return pc }
    guard distance.first == "+" || distance.first == "-" else { return nil }
    return AssemblerNumber.value(of: distance).map { pc &+ UInt64(bitPattern: $0) }
  }

  private func isAllowed(_ value: Int64, _ operand: AssemblySyntax.Operand) -> Bool {
    switch operand.kind {
    case .fixedRegister(let register): value == register
    case .csr: (0...4095).contains(value)
    case .fenceSet, .roundingMode: true
    case .register, .floatRegister, .immediate, .upper, .target: encoding.allows(value, in: operand.field)
    }
  }

  private func description(of operand: AssemblySyntax.Operand) -> String {
    switch operand.kind {
    case .fixedRegister(let register): return RegisterName.abiX[Int(register)]
    case .csr: return "a CSR by name or number"
    case .fenceSet: return "some of 'iorw' in this order or 0"
    case .roundingMode: return "a rounding mode (\(RoundingModeName.all.map(\.name).joined(separator: ", ")))"
    case .register: return registers(RegisterName.abiX, kind: "an integer register", operand.field)
    case .floatRegister: return registers(RegisterName.abiF, kind: "a floating-point register", operand.field)
    case .upper:
      let isFull = encoding.immediateWidth == 32
      return isFull ? "a number from 0 to 0xfffff" : "a number from 1 to 31 or from 0xfffe0 to 0xfffff"
    case .target:
      let range = encoding.immediateRange
      let low = String(pc &+ UInt64(bitPattern: range.lowerBound), radix: 16)
      let high = String(pc &+ UInt64(bitPattern: range.upperBound), radix: 16)
      return "an even address from 0x\(low) to 0x\(high), or '.+' or '.-' a distance"
    case .immediate:
      let range = operand.field == .imm ? encoding.immediateRange : 0...31
      let step = operand.field == .imm ? encoding.immediateStep : 1
      return (step > 1 ? "a multiple of \(step)" : "a number") + " from \(range.lowerBound) to \(range.upperBound)"
        + (encoding.allows(0, in: operand.field) ? "" : " but 0")
    }
  }

  private func registers(_ names: [String], kind: String, _ field: Encoding.Field) -> String {
    if encoding.primed.contains(field) { return "\(kind) from \(names[8]) to \(names[15])" }
    let refused = encoding.forbidden.filter { $0.field == field }.map { names[Int($0.value)] }
    return refused.isEmpty ? kind : "\(kind) but \(refused.joined(separator: " and "))"
  }

  private func expected(_ what: String, found token: AssemblerLine.Token?) -> AssemblerError {
    AssemblerError(
      column: token?.column ?? line.endColumn, operand: operandNumber,
      problem: .expected([what], found: token?.text ?? ""))
  }
}

extension Encoding {
  /// The least and the greatest value of the immediate.
  var immediateRange: ClosedRange<Int64> {
    if immediateIsSigned { return -1 << Int64(immediateWidth - 1)...(1 << Int64(immediateWidth - 1)) - immediateStep }
    return 0...(1 << Int64(immediateWidth)) - immediateStep
  }

  /// What the immediate is a multiple of.
  var immediateStep: Int64 { 1 << Int64(slices.filter { $0.field == .imm }.map(\.target).min() ?? 0) }

  /// Whether a field of this pattern can have the value.
  func allows(_ value: Int64, in field: Field) -> Bool {
    if forbidden.contains(where: { $0.field == field && $0.value == value }) { return false }
    if field == .imm { return immediateRange.contains(value) && value % immediateStep == 0 }
    if primed.contains(field) { return (8...15).contains(value) }
    return (0..<1 << Int64(field.width)).contains(value)
  }
}
