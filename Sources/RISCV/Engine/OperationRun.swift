/// Operations one after the other that the block loop executes in one dispatch where nothing about them is unusual. They keep their
/// places and their own codes but for the first one's, as with ``FusedPair``, and are executed one by one where something is.
struct OperationRun: Sendable {
  let identifier: String
  /// The type whose function of this name executes the run, or does nothing and returns false.
  let type: String
  /// Names of `InstructionRow.all`.
  let operations: [String]
  /// What follows is the `jalr` that ends a block of translated code: the function leaves it its register.
  let isBeforeJump: Bool

  init(_ identifier: String, _ type: String, _ operations: [String], isBeforeJump: Bool = false) {
    (self.identifier, self.type, self.operations) = (identifier, type, operations)
    self.isBeforeJump = isBeforeJump
  }

  static let all = AccessRun.all + ConstantRun.all + LookupRun.all
  static let longest = all.reduce(0) { max($0, $1.operations.count) }

  static let firstCode = OperationCode.check.rawValue + 1 + UInt16(PlainCSR.codes.count)

  /// The run that starts at `op`, and its length; nil where there is none before `last`.
  static func code(at op: BlockCache.Block, end last: BlockCache.Block) -> (OperationCode, count: Int)? {
    AccessRun.code(at: op, end: last) ?? ConstantRun.code(at: op, end: last) ?? LookupRun.code(at: op, end: last)
  }

  /// The code of the first operation alone.
  static func first(of code: OperationCode) -> OperationCode? {
    code.rawValue >= firstCode && Int(code.rawValue - firstCode) < all.count
      ? firsts[Int(code.rawValue - firstCode)] : nil
  }
  private static let firsts = all.map { run in
    OperationCode(rawValue: UInt16(InstructionRow.all.firstIndex { $0.name == run.operations[0] }!))!
  }
}
