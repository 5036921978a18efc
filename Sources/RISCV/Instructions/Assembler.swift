/// Translates one line of assembly language.
package enum Assembler {
  /// The bytes of one instruction at `pc`: two for a compressed instruction, which has to be asked for by its `c.` name, else
  /// four. Mnemonics are those of the specification and the assembler's aliases; registers have both names; branch targets are
  /// absolute addresses or distances such as `.+8`; comments start with `#` or `//` (RISC-V Assembly Programmer's Manual).
  package static func assemble(_ line: String, at pc: UInt64) throws(AssemblerError) -> [UInt8] {
    let line = AssemblerLine(line)
    let name = line.mnemonic.text
    if name == "c.unimp", line.tokens.isEmpty { return [0, 0] }
    if name == "li", let other = try loadImmediate(line) { return try assemble(other, at: pc) }
    let (spellings, ordering) = try AssemblerSpellings.shared.find(line.mnemonic)
    var failure: AssemblerError?
    for spelling in spellings {
      do throws(AssemblerError) {
        return try assemble(line, as: spelling, ordering: ordering, at: pc)
      } catch {
        failure = further(failure, error)
      }
    }
    throw failure!
  }

  private static func assemble(
    _ line: AssemblerLine, as spelling: AssemblerSpellings.Spelling, ordering: (aq: Int64, rl: Int64), at pc: UInt64
  ) throws(AssemblerError) -> [UInt8] {
    let form = AssemblyForms.shared.all[spelling.form]
    let alias = spelling.alias.map { form.aliases[$0] }
    var fields = try AssemblerOperands.fields(
      of: line, syntax: alias?.syntax ?? form.syntax, encoding: form.encoding, pc: pc)
    for (field, value) in alias?.fixed ?? [] { fields[field] = value }
    for (field, source) in alias?.copies ?? [] { fields[field] = fields[source] }
    (fields[.aq], fields[.rl]) = ordering
    // Every operand has been checked against the encoding.
    return bytes(form.encoding.bits(of: fields)!, count: form.encoding.length)
  }

  /// The one instruction other than `addi` that does the work of `li`; nil to go on as usual.
  private static func loadImmediate(_ line: AssemblerLine) throws(AssemblerError) -> String? {
    guard line.tokens.count == 3, RegisterName.x(named: line.tokens[0].text) != nil, line.tokens[1].text == ",",
      let value = AssemblerNumber.value(of: line.tokens[2].text), !(-2048...2047).contains(value)
    else { return nil }
    let rd = line.tokens[0].text
    if value & 0xfff == 0, Int64(Int32(truncatingIfNeeded: value)) == value {
      return "lui \(rd), \(value >> 12 & 0xfffff)"
    }
    if value.nonzeroBitCount == 1 { return "bseti \(rd), zero, \(value.trailingZeroBitCount)" }
    throw AssemblerError(column: line.tokens[2].column, operand: 2, problem: .needsSeveralInstructions(value))
  }

  /// Of two failures the one that is further right; both expectations where they are at the same place.
  private static func further(_ left: AssemblerError?, _ right: AssemblerError) -> AssemblerError {
    guard let left, left.column >= right.column else { return right }
    guard left.column == right.column, case .expected(let first, let found) = left.problem,
      case .expected(let second, _) = right.problem
    else { return left }
    let all = first + second.filter { !first.contains($0) }
    return AssemblerError(column: left.column, operand: left.operand, problem: .expected(all, found: found))
  }

  private static func bytes(_ bits: UInt32, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
  }
}

/// Every mnemonic with what it can stand for.
private struct AssemblerSpellings: Sendable {
  static let shared = AssemblerSpellings()

  struct Spelling: Sendable {
    /// Index into `AssemblyForms.all`.
    let form: Int
    /// Index into the form's aliases; nil for the form itself.
    let alias: Int?
  }

  private let byName: [String: [Spelling]]

  private init() {
    var byName: [String: [Spelling]] = [:]
    let forms = AssemblyForms.shared.all
    for index in forms.indices { byName[forms[index].name, default: []].append(Spelling(form: index, alias: nil)) }
    for (index, form) in forms.enumerated() {
      for (alias, row) in form.aliases.enumerated() {
        // A compressed instruction has to be asked for by its own name.
        if index < InstructionRow.all.count {
          byName[row.name, default: []].append(Spelling(form: index, alias: alias))
        }
      }
    }
    self.byName = byName
  }

  /// What a mnemonic stands for, and the ordering bits that its end asks for.
  func find(
    _ mnemonic: AssemblerLine.Token
  ) throws(AssemblerError) -> (spellings: [Spelling], ordering: (aq: Int64, rl: Int64)) {
    let name = mnemonic.text
    if let found = byName[name] { return (found, (0, 0)) }
    var near = NearSpelling.names(near: name, among: byName.keys)
    for (suffix, aq, rl) in [(".aq", 1, 0), (".rl", 0, 1), (".aqrl", 1, 1)] as [(String, Int64, Int64)]
    where name.hasSuffix(suffix) {
      let stem = String(name.dropLast(suffix.count))
      if let found = byName[stem], Self.hasOrdering(found[0]) { return (found, (aq, rl)) }
      let ordered = byName.filter { Self.hasOrdering($0.value[0]) }
      near += NearSpelling.names(near: stem, among: ordered.keys).map { $0 + suffix }
    }
    throw AssemblerError(
      column: mnemonic.column, operand: nil,
      problem: name.isEmpty
        ? .expected(["an instruction"], found: "")
        : .unknownMnemonic(name, near: near))
  }

  private static func hasOrdering(_ spelling: Spelling) -> Bool {
    AssemblyForms.shared.all[spelling.form].encoding.slices.contains { $0.field == .aq }
  }
}
