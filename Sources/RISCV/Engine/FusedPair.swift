/// Two instructions that the block loop executes in one dispatch. Both keep their operations; the first one's code says that
/// the second follows, so that traps, counts and shortened blocks see two instructions as ever.
struct FusedPair: Sendable {
  /// Positions in `InstructionRow.all`.
  let first: Int
  let second: Int
  let identifier: String

  init(_ first: String, _ second: String) {
    let rows = InstructionRow.all
    self.first = rows.firstIndex { $0.name == first }!
    self.second = rows.firstIndex { $0.name == second }!
    let name = rows[self.second].identifier
    identifier = "fused\(Self.capitalized(rows[self.first].identifier))\(Self.capitalized(name))"
  }

  private static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

  /// MEASURED: what retires most often one after the other in the boot of OpenSBI and U-Boot and in the guest `integer-mix`,
  /// and the pairs of simple arithmetic, which loops are made of.
  static let all: [FusedPair] = {
    let simple = ["add", "addi", "sub", "xor", "or", "and", "slli", "srli", "addw", "addiw", "andi"]
    let loads = ["lbu", "lw", "ld"]
    let stores = ["sb", "sw", "sd"]
    let pairs =
      product(simple, simple)
      + product(loads, ["add", "addi", "xor", "slli", "srliw", "slliw", "andi", "addiw"])
      + product(["add", "addi", "slli"], loads)
      + product(stores, ["add", "addi"])
      + product(["add", "addi"], stores)
      + product(simple + loads, ["beq", "bne"])
      + product(["addi", "addiw", "addw", "add", "slli"], ["blt", "bltu", "bge", "bgeu"])
      + product(["slliw", "srliw"], ["slliw", "or", "and", "addi", "add"])
      + [
        ("lbu", "lbu"), ("lw", "lw"), ("ld", "ld"), ("sw", "sw"), ("sd", "sd"), ("or", "slliw"), ("and", "slliw"),
        ("andi", "slliw"), ("and", "srliw"), ("lui", "addi"), ("lui", "addiw"), ("auipc", "addi"), ("auipc", "ld"),
        ("mul", "add"), ("mul", "or"), ("sub", "mul"), ("sub", "srai"), ("sltu", "add"), ("addw", "sltu"),
      ]
    return pairs.map { FusedPair($0.0, $0.1) }
  }()

  private static func product(_ first: [String], _ second: [String]) -> [(String, String)] {
    first.flatMap { one in second.map { (one, $0) } }
  }

  static let firstCode = OperationRun.firstCode + UInt16(OperationRun.all.count)

  /// The fused code of two operations by their own codes, as `first << 8 | second`; zero where there is none.
  private static let codes: [UInt16] = {
    var codes = [UInt16](repeating: 0, count: 1 << 16)
    for (index, pair) in all.enumerated() { codes[pair.first << 8 | pair.second] = firstCode + UInt16(index) }
    return codes
  }()

  static func code(_ first: OperationCode, _ second: OperationCode) -> OperationCode? {
    guard first.rawValue < 256, second.rawValue < 256 else { return nil }
    let code = codes[Int(first.rawValue) << 8 | Int(second.rawValue)]
    return code == 0 ? nil : OperationCode(rawValue: code)
  }

  /// The code of the first instruction alone, of a pair or a run.
  static func first(of code: OperationCode) -> OperationCode {
    let code = CountedEnd.plain(of: code)
    if let first = OperationRun.first(of: code) { return first }
    guard code.rawValue >= firstCode else { return code }
    return OperationCode(rawValue: UInt16(all[Int(code.rawValue - firstCode)].first))!
  }
}
