/// A row's bit pattern, taken apart: what is fixed, and where each field lies.
struct Encoding: BitwiseCopyable, Sendable {
  /// The parts of an instruction that differ between two uses of it.
  enum Field: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case rd, rs1, rs2, rs3, rm, csr, zimm, pred, succ, fm, aq, rl, imm

    // Spelled out: reading case names by reflection cost a third of the time to the prompt.
    private static let names = [
      "rd", "rs1", "rs2", "rs3", "rm", "csr", "zimm", "pred", "succ", "fm", "aq", "rl", "imm",
    ]

    /// The field of this name in a pattern.
    init?(_ name: some StringProtocol) {
      guard let index = Self.names.firstIndex(where: { $0 == name }) else { return nil }
      self.init(rawValue: UInt8(index))
    }

    /// Width in bits of its own pattern token; an immediate's slices state theirs.
    var width: Int {
      switch self {
      case .rd, .rs1, .rs2, .rs3, .zimm: 5
      case .rm: 3
      case .csr: 12
      case .pred, .succ, .fm: 4
      case .aq, .rl: 1
      case .imm: 0
      }
    }
  }

  /// `width` bits at `position` of the instruction are the bits of the field from `target` up.
  struct Slice: BitwiseCopyable, Sendable {
    var field: Field
    var position: UInt8
    var width: UInt8
    var target: UInt8
  }

  /// A value that a field must not have.
  struct Rule: BitwiseCopyable, Sendable {
    var field: Field
    var value: Int8
  }

  private(set) var mask: UInt32 = 0
  private(set) var match: UInt32 = 0
  /// Two or four bytes.
  let length: Int
  private(set) var slices = ShortList<10, Slice>()
  /// Fields of three bits that name x8 to x15.
  private(set) var primed = ShortList<2, Field>()
  private(set) var forbidden = ShortList<4, Rule>()
  private(set) var immediateIsSigned = false
  /// Bits of the immediate, counted from bit 0, and those among them that an instruction can have.
  private(set) var immediateWidth = 0
  private var immediateBits: Int64 = 0

  /// - Precondition: the pattern is well formed; rows are ours.
  init(_ pattern: String) {
    let tokens = pattern.split(separator: " ")
    let bitCount = tokens.reduce(0) { $0 + Self.width(of: $1) }
    precondition(bitCount == 16 || bitCount == 32, "pattern of \(bitCount) bits: \(pattern)")
    length = bitCount / 8
    var position = bitCount
    for token in tokens {
      position -= Self.width(of: token)
      if token.first == "0" || token.first == "1" {
        for (index, digit) in token.utf8.reversed().enumerated() {
          mask |= 1 << UInt32(position + index)
          if digit == UInt8(ascii: "1") { match |= 1 << UInt32(position + index) }
        }
      } else if token.hasSuffix("]") {
        addImmediate(token, position: position)
      } else {
        addField(token, position: position)
      }
    }
  }

  private mutating func addField(_ token: Substring, position: Int) {
    let parts = token.split(separator: "!")
    var name = parts[0]
    let isPrimed = name.hasSuffix("'")
    if isPrimed { name = name.dropLast() }
    if name.hasPrefix("fr") && name != "frm" { name = name.dropFirst() }
    guard let field = Field(name) else {
      preconditionFailure("no field \(token)")
    }
    if isPrimed { primed.append(field) }
    slices.append(
      Slice(field: field, position: UInt8(position), width: UInt8(isPrimed ? 3 : field.width), target: 0))
    // Reserved rounding modes ("F" Extension, "Floating-Point Control and Status Register").
    if field == .rm {
      for value in [5, 6] as [Int8] { forbidden.append(Rule(field: .rm, value: value)) }
    }
    if parts.count == 2 {
      for value in parts[1].dropFirst().split(separator: ",") {
        forbidden.append(Rule(field: field, value: Int8(value)!))
      }
    }
  }

  private mutating func addImmediate(_ token: Substring, position: Int) {
    let parts = token.dropLast().split(separator: "[")
    if parts[0].hasPrefix("nz"), !forbidden.contains(where: { $0.field == .imm }) {
      forbidden.append(Rule(field: .imm, value: 0))
    }
    if parts[0].hasSuffix("zimm") || !parts[0].hasSuffix("uimm") { immediateIsSigned = true }
    var position = position + Self.width(of: token)
    for piece in parts[1].split(separator: "|") {
      let (high, low) = Self.range(piece)
      position -= high - low + 1
      slices.append(
        Slice(field: .imm, position: UInt8(position), width: UInt8(high - low + 1), target: UInt8(low)))
      immediateWidth = max(immediateWidth, high + 1)
      immediateBits |= ((1 << Int64(high - low + 1)) - 1) << Int64(low)
    }
  }

  private static func range(_ piece: Substring) -> (high: Int, low: Int) {
    let ends = piece.split(separator: ":").map { Int($0)! }
    return (ends[0], ends.last!)
  }

  private static func width(of token: Substring) -> Int {
    if token.first == "0" || token.first == "1" { return token.utf8.count }
    if token.hasSuffix("]") {
      return token.dropLast().split(separator: "[")[1].split(separator: "|").reduce(0) {
        let (high, low) = range($1)
        return $0 + high - low + 1
      }
    }
    if token.hasSuffix("'") { return 3 }
    var name = token.split(separator: "!")[0]
    if name.hasPrefix("fr") { name = name.dropFirst() }
    return Field(name)!.width
  }

  /// The fields of `bits`, or nil when they are not of this pattern.
  func fields(of bits: UInt32) -> InstructionFields? {
    guard bits & mask == match else { return nil }
    var fields = InstructionFields()
    for slice in slices {
      let value = Int64((bits >> UInt32(slice.position)) & ((1 << UInt32(slice.width)) - 1))
      fields[slice.field] |= value << Int64(slice.target)
    }
    for field in primed { fields[field] += 8 }
    if immediateIsSigned {
      let shift = Int64(64 - immediateWidth)
      fields.imm = (fields.imm << shift) >> shift
    }
    for rule in forbidden where fields[rule.field] == Int64(rule.value) { return nil }
    return fields
  }

  /// The encoding of `fields`, or nil when one of them does not fit.
  func bits(of fields: InstructionFields) -> UInt32? {
    for rule in forbidden where fields[rule.field] == Int64(rule.value) { return nil }
    var bits = match
    for slice in slices {
      let value = primed.contains(slice.field) ? fields[slice.field] - 8 : fields[slice.field]
      if slice.field != .imm && value >> Int64(slice.width) != 0 { return nil }
      let piece = UInt32(truncatingIfNeeded: value >> Int64(slice.target)) & ((1 << UInt32(slice.width)) - 1)
      bits |= piece << UInt32(slice.position)
    }
    return immediateWidth == 0 || holds(immediate: fields.imm) ? bits : nil
  }

  /// Whether an immediate comes back the same.
  private func holds(immediate: Int64) -> Bool {
    let kept = immediate & immediateBits
    let shift = Int64(64 - immediateWidth)
    return (immediateIsSigned ? (kept << shift) >> shift : kept) == immediate
  }
}

/// The values of an instruction's fields: register numbers, the immediate, sign-extended where it is signed.
package struct InstructionFields: Sendable, Equatable {
  private var values = InlineArray<13, Int64>(repeating: 0)

  package init() {}
  subscript(field: Encoding.Field) -> Int64 {
    get { values[Int(field.rawValue)] }
    set { values[Int(field.rawValue)] = newValue }
  }
  package var rd: Int { Int(self[.rd]) }
  package var rs1: Int { Int(self[.rs1]) }
  package var rs2: Int { Int(self[.rs2]) }
  package var rs3: Int { Int(self[.rs3]) }
  package var zimm: Int { Int(self[.zimm]) }
  package var csr: UInt16 { UInt16(self[.csr]) }
  package var imm: Int64 {
    get { self[.imm] }
    set { self[.imm] = newValue }
  }

  package static func == (left: Self, right: Self) -> Bool {
    Encoding.Field.allCases.allSatisfy { left[$0] == right[$0] }
  }
}
