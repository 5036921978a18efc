/// What the block loop has left of a hart's budget, in one word: instructions in its high half, and in its low half the overhead of
/// translated code that has run since the loop was entered, so that a block has one sum to add for both.
enum LoopBudget {
  /// - Precondition: less than 2³¹ instructions, of which each has less than one instruction of overhead, on average.
  @inline(__always)
  static func of(_ instructions: Int) -> Int { instructions &<< 32 }
  @inline(__always)
  static func instructions(_ budget: Int) -> Int { budget &>> 32 }
  @inline(__always)
  static func overhead(_ budget: Int) -> UInt64 { UInt64(truncatingIfNeeded: budget & 0xffff_ffff) }
}

/// In front of a block, in the room of one operation.
struct BlockHeader {
  /// What the block needs of the budget, as ``LoopBudget`` has it.
  var weight: Int
  /// Offset of the block into RAM, whether it has ``BlockCache/roominess``, and the index of the page's block before it.
  private var place: Int

  init(weight: Int, offset: Int = 0, isRoomy: Bool = false, previous: UInt32 = 0) {
    self.weight = weight
    place = offset << 24 | (isRoomy ? 1 << 23 : 0) | Int(previous)
  }

  var offset: Int { place >> 24 }
  var isRoomy: Bool { place & 1 << 23 != 0 }
  var previous: UInt32 {
    get { UInt32(place & (1 << 23 - 1)) }
    set { place = place & ~(1 << 23 - 1) | Int(newValue) }
  }
}

/// Behind the links of a block of translated code, in the room of one operation: what is still to do when the block has run, or as much of
/// it as will.
struct BlockAccount {
  /// Where entries into it are counted.
  var entries: UnsafeMutablePointer<UInt64>
  /// Goes to the budget: what the block needed and did not use, and its overhead.
  var change: Int
}

extension UnsafeMutablePointer<DecodedOperation> {
  @inline(__always) var header: UnsafeMutablePointer<BlockHeader> {
    UnsafeMutableRawPointer(self - 1).assumingMemoryBound(to: BlockHeader.self)
  }
  /// What the whole block needs of the budget.
  @inline(__always) var blockWeight: Int { header.pointee.weight }

  /// The operation that ends the block.
  var blockEnd: Self {
    var op = self
    while !op.pointee.endsBlock { op += 1 }
    return op
  }
  /// Where its code lies in RAM: in two places where it begins with a jump to elsewhere.
  var bytes: [Range<Int>] {
    let start = header.pointee.offset
    let body = start + Int(pointee.offset)
    let last = blockEnd.pointee
    let all = body..<start + Int(last.offset) + Int(last.length)
    return body == start ? [all] : [start..<start + 4, all]
  }
  /// Whether any of its bytes lies in a range.
  func covers(_ range: Range<Int>) -> Bool {
    let start = header.pointee.offset
    let body = start + Int(pointee.offset)
    if body != start && range.overlaps(start..<start + 4) { return true }
    // Most lie elsewhere in their page, which shows without looking for their end.
    guard range.overlaps(body..<body + 4 * BlockCache.longest) else { return false }
    let last = blockEnd.pointee
    return range.overlaps(body..<start + Int(last.offset) + Int(last.length))
  }

  /// The address of an operation, or of where the block ends, by that of the block.
  @inline(__always)
  func address(_ block: UInt64) -> UInt64 { block &+ UInt64(bitPattern: Int64(pointee.offset)) }

  /// The links of a block, from the operation that ends it: not taken (or next), taken.
  @inline(__always) func link(_ isTaken: Bool) -> BlockCache.Link {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: Optional<BlockCache.Block>.self) + (isTaken ? 1 : 0)
  }
  /// The account of a block that has one, from the operation that ends it.
  @inline(__always) var account: UnsafeMutablePointer<BlockAccount> {
    UnsafeMutableRawPointer(self + 2).assumingMemoryBound(to: BlockAccount.self)
  }
  /// Counts an entry into the block, from the operation that ends it. The result goes to the budget.
  @inline(__always)
  func settle() -> Int {
    account.pointee.entries.pointee &+= 1
    return account.pointee.change
  }
}
