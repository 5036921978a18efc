/// An instruction as the assembler and the disassembler see it: a row, or a compressed row.
struct AssemblyForm: Sendable {
  let name: String
  let syntax: AssemblySyntax
  let encoding: Encoding
  /// Other spellings, those preferred first.
  fileprivate(set) var aliases: [AssemblyAlias] = []

  /// The spelling that is preferred to the form's own.
  func alias(for fields: InstructionFields) -> AssemblyAlias? { aliases.first { $0.isShown && $0.matches(fields) } }
}

/// An alias taken apart.
struct AssemblyAlias: Sendable {
  let name: String
  let syntax: AssemblySyntax
  /// False when it is only understood, never shown.
  let isShown: Bool
  /// Fields that have one value in this alias.
  let fixed: [(field: Encoding.Field, value: Int64)]
  /// Fields that equal another in this alias.
  let copies: [(field: Encoding.Field, of: Encoding.Field)]

  func matches(_ fields: InstructionFields) -> Bool {
    fixed.allSatisfy { fields[$0.field] == $0.value } && copies.allSatisfy { fields[$0.field] == fields[$0.of] }
  }

  /// - Precondition: the row is well formed; rows are ours.
  fileprivate init(_ row: AliasRow, operands: Substring, of form: AssemblyForm, isShown: Bool) {
    let spelling = row.spelling.split(separator: " ", maxSplits: 1)
    name = String(spelling[0])
    syntax = AssemblySyntax(spelling.count > 1 ? spelling[1] : "")
    self.isShown = isShown
    let tokens = InstructionSet.operandTokens(operands)
    var fixed: [(field: Encoding.Field, value: Int64)] = []
    var copies: [(field: Encoding.Field, of: Encoding.Field)] = []
    // Fields that are not written, such as the `fm` of a `fence`, are zero.
    var unsaid = Set(form.encoding.slices.map(\.field)).subtracting(form.syntax.operands.map(\.field))
    unsaid.subtract([.aq, .rl])
    for (operand, token) in zip(form.syntax.operands, tokens) {
      if let source = InstructionSet.field(named: token) {
        if source != operand.field { copies.append((operand.field, source)) }
      } else {
        fixed.append((operand.field, Self.constant(token, operand.kind)))
      }
    }
    self.fixed = fixed + unsaid.sorted { $0.rawValue < $1.rawValue }.map { ($0, 0) }
    self.copies = copies
  }

  private static func constant(_ token: String, _ kind: AssemblySyntax.Kind) -> Int64 {
    switch kind {
    case .register: Int64(RegisterName.x(named: token)!)
    case .csr: Int64(CSRName.number(named: token)!)
    case .fenceSet: FenceSetName.value(named: token)!
    default: Int64(token)!
    }
  }
}

/// Everything that is known about assembly forms, taken apart once.
struct AssemblyForms: Sendable {
  static let shared = AssemblyForms()

  /// The forms of `InstructionRow.all`, then those of `CompressedRow.all`.
  let all: [AssemblyForm]

  private init() {
    let set = InstructionSet.shared
    var all = zip(InstructionRow.all, set.encodings).map { row, encoding in
      AssemblyForm(name: row.name, syntax: AssemblySyntax(row.syntax), encoding: encoding)
    }
    all += zip(CompressedRow.all, set.compressed).map { row, entry in
      AssemblyForm(name: row.name, syntax: AssemblySyntax(row.syntax), encoding: entry.encoding)
    }
    var indices: [Substring: Int] = [:]
    for (index, form) in all.enumerated() { indices[form.name[...]] = index }
    for (rows, isShown) in [(AliasRow.all, true), (AliasRow.understood, false)] {
      for row in rows {
        let meaning = row.meaning.split(separator: " ", maxSplits: 1)
        let index = indices[meaning[0]]!
        let operands = meaning.count > 1 ? meaning[1] : ""
        all[index].aliases.append(AssemblyAlias(row, operands: operands, of: all[index], isShown: isShown))
      }
    }
    self.all = all
  }
}
