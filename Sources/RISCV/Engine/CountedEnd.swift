/// The ends of blocks of translated code. They do what their namesakes do that end other blocks, alone or as the second of a pair, and
/// settle the block's account: other blocks need not ask whether they have one.
enum CountedEnd {
  /// Instructions that may end a block so, by their positions in `InstructionRow.all`. Those of `system` ask.
  static let rows = InstructionRow.all.indices.filter {
    switch InstructionRow.all[$0].flow {
    case .branch, .jump, .indirectJump: true
    case .next, .usesPC, .mayDepart, .system: false
    }
  }
  /// Pairs that end with one of them, by their positions in `FusedPair.all`.
  static let pairs = FusedPair.all.indices.filter { rows.contains(FusedPair.all[$0].second) }

  static func identifier(_ name: String) -> String { "counted\(name.prefix(1).uppercased())\(name.dropFirst())" }

  /// In the order of their codes, the codes that they stand for.
  private static let plain =
    [OperationCode.blockEnd.rawValue] + rows.map(UInt16.init) + pairs.map { FusedPair.firstCode + UInt16($0) }
  private static let firstCode = FusedPair.firstCode + UInt16(FusedPair.all.count)
  private static let counted = {
    var codes = [UInt16](repeating: 0, count: Int(firstCode))
    for (index, code) in plain.enumerated() { codes[Int(code)] = firstCode + UInt16(index) }
    return codes
  }()

  /// The counted form of a code; the code itself where there is none.
  static func of(_ code: OperationCode) -> OperationCode {
    guard code.rawValue < firstCode, counted[Int(code.rawValue)] != 0 else { return code }
    return OperationCode(rawValue: counted[Int(code.rawValue)])!
  }
  /// The code that a counted one stands for; any other as it is.
  static func plain(of code: OperationCode) -> OperationCode {
    code.rawValue < firstCode ? code : OperationCode(rawValue: plain[Int(code.rawValue - firstCode)])!
  }
}
