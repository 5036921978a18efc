/// What the generated loops share: control transfers, and leaving.
extension Engine {
  /// What goes back to the budget of a block that is left before `op`, or because `op` traps: what is not done of it is neither taken
  /// nor overhead.
  @inline(never)
  static func abandon(_ op: BlockCache.Block) -> Int {
    var (weight, overhead) = (0, 0)
    var op = op
    while true {
      weight += op.pointee.weight
      overhead += op.pointee.overhead
      if op.pointee.endsBlock { break }
      op += 1
    }
    let change = op.pointee.code == .exit ? Int(op.pointee.imm) : op.pointee.isAccounted ? op.settle() : 0
    return LoopBudget.of(weight) &+ change &- overhead
  }

  @inline(__always)
  static func branch(
    _ op: BlockCache.Block, _ pc: UInt64, _ isTaken: Bool
  ) -> (from: UInt64, pc: UInt64, link: BlockCache.Link) {
    let from = op.address(pc)
    return isTaken
      ? (from, from &+ UInt64(bitPattern: op.pointee.imm), op.link(true))
      : (from, from &+ op.pointee.length, op.link(false))
  }

  @inline(__always)
  static func jump(
    _ h: HartPointer, _ op: BlockCache.Block, _ pc: UInt64
  ) -> (from: UInt64, pc: UInt64, link: BlockCache.Link) {
    let from = op.address(pc)
    h.rd(op.pointee, from &+ op.pointee.length)
    return (from, from &+ UInt64(bitPattern: op.pointee.imm), op.link(true))
  }

  @inline(__always)
  static func indirectJump(_ h: HartPointer, _ op: BlockCache.Block, _ pc: UInt64) -> UInt64 {
    // The target is read first: rd may be rs1.
    let target = (h.rs1(op.pointee) &+ UInt64(bitPattern: op.pointee.imm)) & ~1
    h.rd(op.pointee, op.address(pc) &+ op.pointee.length)
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
    s.pointee.budget = LoopBudget.instructions(budget)
    counts.pointee.overhead &+= LoopBudget.overhead(budget)
  }

  /// Makes `pc` and the count of what has retired exact for an instruction that may look at them.
  @inline(__always)
  func enterSystem(_ op: BlockCache.Block, _ pc: UInt64, _ budget: Int) {
    s.pointee.pc = op.address(pc)
    s.pointee.nextPC = s.pointee.pc &+ op.pointee.length
    s.pointee.budget = LoopBudget.instructions(budget) &+ op.pointee.weight
  }
}
