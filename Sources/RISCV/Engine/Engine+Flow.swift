/// What the generated loops share: control transfers, and leaving.
extension Engine {
  /// Weighs what of a block is not done, from `op` on, and takes back what was counted of it.
  @inline(never)
  static func abandon(_ h: HartPointer, _ op: BlockCache.Block) -> Int {
    var weight = 0
    var overhead = 0
    var op = op
    while true {
      weight += op.pointee.weight
      overhead += op.pointee.overhead
      if op.pointee.code.endsBlock || op.pointee.code == .blockEnd || op.pointee.code == .exit { break }
      op += 1
    }
    h.counts.pointee.overhead &-= UInt64(overhead)
    return weight
  }

  @inline(__always)
  static func branch(
    _ op: BlockCache.Block, _ pc: UInt64, _ isTaken: Bool
  ) -> (from: UInt64, pc: UInt64, link: BlockCache.Link) {
    let from = pc &+ UInt64(op.pointee.offset)
    return isTaken
      ? (from, from &+ UInt64(bitPattern: op.pointee.imm), op.link(true))
      : (from, from &+ op.pointee.length, op.link(false))
  }

  @inline(__always)
  static func jump(
    _ h: HartPointer, _ op: BlockCache.Block, _ pc: UInt64
  ) -> (from: UInt64, pc: UInt64, link: BlockCache.Link) {
    let from = pc &+ UInt64(op.pointee.offset)
    h.rd(op.pointee, from &+ op.pointee.length)
    return (from, from &+ UInt64(bitPattern: op.pointee.imm), op.link(true))
  }

  @inline(__always)
  static func indirectJump(_ h: HartPointer, _ op: BlockCache.Block, _ pc: UInt64) -> UInt64 {
    // The target is read first: rd may be rs1.
    let target = (h.rs1(op.pointee) &+ UInt64(bitPattern: op.pointee.imm)) & ~1
    h.rd(op.pointee, pc &+ UInt64(op.pointee.offset) &+ op.pointee.length)
    return target
  }

  /// `jal` and `jalr` on the step path.
  static func stepJump(_ h: HartPointer, _ op: DecodedOperation, to target: UInt64) {
    h.rd(op, h.s.pointee.nextPC)
    h.s.pointee.nextPC = target
  }
}

extension HartPointer {
  /// Writes back what the loop kept in variables.
  @inline(__always)
  func leave(_ pc: UInt64, _ budget: Int) {
    s.pointee.pc = pc
    s.pointee.budget = budget
  }

  /// Makes `pc` and the counts exact for an instruction that may look at them.
  @inline(__always)
  func enterSystem(_ op: BlockCache.Block, _ pc: UInt64, _ budget: Int) {
    s.pointee.pc = pc &+ UInt64(op.pointee.offset)
    s.pointee.nextPC = s.pointee.pc &+ op.pointee.length
    s.pointee.budget = budget &+ op.pointee.weight
  }
}
