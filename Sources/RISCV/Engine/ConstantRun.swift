/// Instructions that make one constant in one register, as compilers and translators have them for 32 bits and more.
enum ConstantRun {
  static let all = [
    OperationRun("unsignedWord", "ConstantRun", ["lui", "addiw", "add.uw"]),
    OperationRun("shiftedWord", "ConstantRun", ["lui", "addiw", "slli", "addi"]),
  ]

  /// The run that starts at `op`, and its length; nil where there is none before `last`.
  static func code(at op: BlockCache.Block, end last: BlockCache.Block) -> (OperationCode, count: Int)? {
    guard op.pointee.code == .lui, op + 3 <= last, op[1].code == .addiw, goesOn(op, 1), goesOn(op, 2) else {
      return nil
    }
    if op[2].code == .addUw && op[2].rs2 == 0 { return (.unsignedWord, 3) }
    if op[2].code == .slli && op + 4 <= last && op[3].code == .addi && goesOn(op, 3) { return (.shiftedWord, 4) }
    return nil
  }

  private static func goesOn(_ op: BlockCache.Block, _ index: Int) -> Bool {
    op[index].rd == op.pointee.rd && op[index].rs1 == op.pointee.rd && op.pointee.rd != DecodedOperation.sink
  }

  @inline(__always)
  private static func word(_ op: BlockCache.Block) -> Int32 { Int32(truncatingIfNeeded: op[0].imm &+ op[1].imm) }

  @inline(__always)
  static func unsignedWord(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    h.rd(op.pointee, UInt64(UInt32(bitPattern: word(op))))
    return true
  }

  @inline(__always)
  static func shiftedWord(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    h.rd(op.pointee, UInt64(bitPattern: Int64(word(op)) &<< op[2].imm &+ op[3].imm))
    return true
  }
}
