extension InstructionRow {
  /// Every instruction of the machine. The position of a row is the raw value of its `OperationCode`.
  package static let all: [InstructionRow] =
    base + multiplication + atomic + privileged + hypervisor + bitManipulation + float
}

/// The rows with their patterns taken apart, indexed for decoding.
package struct InstructionSet: Sendable {
  package static let shared = InstructionSet()

  /// What a compressed row stands for.
  struct Compressed: BitwiseCopyable, Sendable {
    /// Where an operand of the expansion comes from.
    enum Source: BitwiseCopyable, Sendable {
      case field(Encoding.Field)
      case constant(Int64)
    }
    struct Operand: BitwiseCopyable, Sendable {
      var target: Encoding.Field
      var source: Source
    }
    let encoding: Encoding
    let base: Int
    let operands: ShortList<4, Operand>
  }

  let encodings: [Encoding]
  /// By the index into `CompressedRow.all`.
  let compressed: [Compressed]
  /// Indices of 32-bit rows by bits 6 to 2 and 14 to 12 of the instruction.
  private let buckets: [[UInt16]]
  /// Indices of compressed rows by bits 1 to 0 and 15 to 13.
  private let compressedBuckets: [[UInt16]]

  private init() {
    let encodings = InstructionRow.all.map { Encoding($0.pattern) }
    var buckets = [[UInt16]](repeating: [], count: 256)
    for (index, encoding) in encodings.enumerated() {
      for bucket in 0..<256 {
        let bits = UInt32(bucket & 31) << 2 | UInt32(bucket >> 5) << 12 | 3
        let known: UInt32 = 0x707f
        if bits & encoding.mask & known == encoding.match & known { buckets[bucket].append(UInt16(index)) }
      }
    }
    let compressed = CompressedRow.all.map { Self.expand($0) }
    var compressedBuckets = [[UInt16]](repeating: [], count: 32)
    for (index, entry) in compressed.enumerated() {
      for bucket in 0..<32 {
        let bits = UInt32(bucket & 3) | UInt32(bucket >> 2) << 13
        let known: UInt32 = 0xe003
        if bits & entry.encoding.mask & known == entry.encoding.match & known {
          compressedBuckets[bucket].append(UInt16(index))
        }
      }
    }
    self.encodings = encodings
    self.compressed = compressed
    self.buckets = buckets
    self.compressedBuckets = compressedBuckets
  }

  /// An instruction found by its bits.
  package struct Decoded: Sendable {
    /// Index into `InstructionRow.all`, the raw value of the operation code.
    package var index: Int
    package var fields: InstructionFields
    /// Two or four bytes.
    package var length: Int
    /// Index into `CompressedRow.all` where it was compressed.
    package var compressedIndex: Int?
    package var row: InstructionRow { InstructionRow.all[index] }
    /// Those of the row, which is not copied for them.
    package var flow: InstructionRow.Flow { InstructionRow.all[index].flow }
    package var section: SpecificationSection { InstructionRow.all[index].section }
  }

  /// Decodes the instruction at the low end of `bits`; nil when there is none.
  package func decode(_ bits: UInt32) -> Decoded? {
    if bits & 3 == 3 {
      for index in buckets[Int((bits >> 2) & 31 | ((bits >> 12) & 7) << 5)] {
        if let fields = encodings[Int(index)].fields(of: bits) {
          return Decoded(index: Int(index), fields: fields, length: 4)
        }
      }
      return nil
    }
    let parcel = bits & 0xffff
    for index in compressedBuckets[Int(parcel & 3 | (parcel >> 13) << 2)] {
      guard let fields = compressed[Int(index)].encoding.fields(of: parcel) else { continue }
      let entry = compressed[Int(index)]
      var expanded = InstructionFields()
      for operand in entry.operands {
        switch operand.source {
        case .field(let field): expanded[operand.target] = fields[field]
        case .constant(let value): expanded[operand.target] = value
        }
      }
      return Decoded(index: entry.base, fields: expanded, length: 2, compressedIndex: Int(index))
    }
    return nil
  }

  /// The bits that every encoding of a row has in common: which they are, and their values.
  package func fixedBits(ofRow index: Int) -> (mask: UInt32, value: UInt32) {
    (encodings[index].mask, encodings[index].match)
  }

  /// Splits operands at their punctuation: `rd, imm(rs1)` is `rd`, `imm`, `rs1`.
  static func operandTokens(_ syntax: some StringProtocol) -> [String] {
    syntax.split(whereSeparator: { ", ()".contains($0) }).map { String($0) }
  }

  /// The field that an operand of a syntax string stands for, or nil for a fixed one.
  static func field(named token: String) -> Encoding.Field? {
    switch token {
    case "imm", "uimm", "upper", "target": return .imm
    case "rmExact": return .rm
    default:
      var name = Substring(token)
      if name.hasSuffix("'") { name = name.dropLast() }
      if name.hasPrefix("fr") && name != "frm" { name = name.dropFirst() }
      return Encoding.Field(name)
    }
  }

  private static func expand(_ row: CompressedRow) -> Compressed {
    let space = row.expansion.firstIndex(of: " ") ?? row.expansion.endIndex
    let name = row.expansion[..<space]
    let base = InstructionRow.all.firstIndex { $0.name == name }!
    let targets = operandTokens(InstructionRow.all[base].syntax)
    let sources = operandTokens(row.expansion[space...])
    precondition(targets.count == sources.count, "\(row.name) expands to another number of operands")
    var operands = ShortList<4, Compressed.Operand>()
    for (target, source) in zip(targets, sources) {
      let value: Compressed.Source =
        if let field = Self.field(named: source) {
          .field(field)
        } else {
          .constant(RegisterName.x(named: source).map { Int64($0) } ?? Int64(source)!)
        }
      operands.append(.init(target: Self.field(named: target)!, source: value))
    }
    return Compressed(encoding: Encoding(row.pattern), base: base, operands: operands)
  }
}
