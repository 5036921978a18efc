#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Decoded blocks of the code in RAM, found by physical address and shared by all harts of a machine.
///
/// A block is straight-line code within one page: a header, its operations, the one that ends it, and two links to the blocks
/// that follow; in translated code a ``BlockAccount``, too. Links never leave the page, and a store to decoded code drops all blocks of the
/// page at once, so that no link can outlive its target.
final class BlockCache {
  typealias Block = UnsafeMutablePointer<DecodedOperation>
  typealias Link = UnsafeMutablePointer<Block?>

  /// A slot of the table that finds blocks by physical address.
  private struct Slot {
    var address: UInt64 = 1
    var block: Block?
  }

  private static let slotCount = 1 << 16
  /// Operations that fit; the memory is handed out by the operating system as it is touched.
  private static let capacity = 1 << 21
  /// Operations of one block at most.
  static let longest = 48
  /// What one block takes at most: header, operations with a breakpoint before each, `blockEnd`, links, account.
  static let room = 2 * longest + 8
  /// What a block gets at least that begins with a way out of a unit: what is there may be replaced by a jump to anywhere.
  static let roominess = 16

  private let slots: UnsafeMutablePointer<Slot>
  private let arena: Block
  private var used = 0
  static let granuleSize = 64
  /// For each page of RAM a bit for each granule that holds decoded code.
  let granules: UnsafeMutablePointer<UInt64>
  /// For each page of RAM its blocks, chained through their headers; 0 is none. Most of those of translated code are in chains of their own.
  private let firstBlocks: UnsafeMutablePointer<UInt32>
  /// Pages that held code since everything was dropped last.
  private var codePages: [Int] = []
  /// Where the RAM lies that the code is in.
  let base: UInt64
  private let bytes: UnsafeMutableRawPointer
  /// Data TLBs that may hold fast store pointers into a page that now holds code.
  private var dataTLBs: [TranslationCache] = []
  /// For each page of RAM whether a monitor wants to know of stores to it, if not zero.
  private let traced: UnsafeMutablePointer<UInt8>
  /// Called before a store to a traced page that no page table stopped, with its offset in RAM: by a virtual hart or a device.
  var onTracedStore: ((_ offset: Int, _ count: Int) -> Void)?
  /// Grows whenever blocks are dropped; what remembers blocks across pages remembers it too.
  let generation: UnsafeMutablePointer<UInt64>
  /// Where an operation `breakpoint` goes before the instruction.
  private(set) var breakpoints = BreakpointOffsets()
  /// Where a block is decoded that may take the place of another.
  private let patched: Block
  /// For the step path, and for whoever has an encoding.
  let decodings = DecodingTable()
  /// Where code lies that a monitor translated.
  var translated: TranslatedCode?

  init(base: UInt64, bytes: UnsafeMutableRawPointer, pageCount: Int) {
    self.base = base
    self.bytes = bytes
    slots = .allocate(capacity: Self.slotCount)
    slots.initialize(repeating: Slot(), count: Self.slotCount)
    arena = .allocate(capacity: Self.capacity)
    patched = .allocate(capacity: Self.room)
    granules = Self.zeroed(pageCount)
    firstBlocks = Self.zeroed(pageCount)
    traced = Self.zeroed(pageCount + 1)
    // The page of zeros behind the last one is nobody's: stores to it are never quick.
    traced[pageCount] = 1
    generation = .allocate(capacity: 1)
    generation.initialize(to: 0)
  }

  /// Zeros that cost nothing until they are touched.
  static func zeroed<Value: FixedWidthInteger>(_ count: Int) -> UnsafeMutablePointer<Value> {
    calloc(count, MemoryLayout<Value>.stride)!.bindMemory(to: Value.self, capacity: count)
  }

  deinit {
    slots.deallocate()
    arena.deallocate()
    patched.deallocate()
    free(granules)
    free(firstBlocks)
    free(traced)
    decodings.deallocate()
    breakpoints.deallocate()
    generation.deallocate()
    translated?.deallocate()
  }

  /// Enters a data TLB of a hart that runs on this RAM.
  func register(_ tlb: TranslationCache) { dataTLBs.append(tlb) }

  /// Begins or ends to report stores to a page.
  func trace(page: Int, _ isTraced: Bool) { traced[page] = isTraced ? 1 : 0 }

  // MARK: Decoding

  /// The block that starts at a physical address, decoded now if it was not yet. Nil where the first instruction reaches
  /// into the next page, or lies outside RAM: those are stepped.
  func block(at address: UInt64) -> Block? {
    let slot = slots + Self.slotIndex(address)
    if slot.pointee.address == address { return slot.pointee.block }
    return build(address, slot)
  }

  private static func slotIndex(_ address: UInt64) -> Int {
    Int(truncatingIfNeeded: (address &>> 1 ^ address &>> 17) & UInt64(slotCount - 1))
  }

  private func build(_ address: UInt64, _ slot: UnsafeMutablePointer<Slot>) -> Block? {
    if used + Self.room > Self.capacity { removeAll() }
    let block = arena + used + 1
    guard let extent = decode(from: address, to: block) else { return nil }
    let isRoomy = isWayOut(address)
    enter(block, offset: Int(address &- base), weight: extent.weight, isRoomy: isRoomy)
    used += 1 + (isRoomy ? max(extent.count, Self.roominess) : extent.count)
    slot.pointee = Slot(address: address, block: block)
    return block
  }

  /// Decodes a block, with room for its links, in `limit` operations or one more. What all of it takes, links and account included, and
  /// the budget that it needs; nil where not one instruction lies in its page.
  private func decode(
    from address: UInt64, to first: Block, limit: Int = BlockCache.longest
  ) -> (count: Int, weight: Int)? {
    let start = Int(address &- base)
    let pageEnd = (start | 4095) + 1
    var next = first
    let marks = translated?.marks(at: address)
    var offset = marks.map { target(of: start, $0.pointee, pageEnd) } ?? start
    var weight = 0
    while true {
      guard let bits = fetch(offset, pageEnd: pageEnd), next - first < limit else {
        guard next > first else { return nil }
        next.initialize(to: DecodedOperation(.blockEnd, offset: Int16(offset - start)))
        break
      }
      let mark = marks.map { $0[(offset - start) >> 1] }
      if mark.map({ $0.mayStop(breakpoints) }) ?? breakpoints.contains(UInt64(offset)) {
        next.initialize(to: DecodedOperation(.breakpoint, offset: Int16(offset - start)))
        next += 1
      }
      var operation = PlainCSR.inPlace(decodings[bits].pointee.operation)
      operation.offset = Int16(offset - start)
      if let mark {
        operation.weight = mark.weight
        if mark.weight == 0 && operation.code == .bne { operation.code = .check }
      }
      next.initialize(to: operation)
      weight += operation.weight
      offset += Int(operation.length)
      if operation.endsBlock { break }
      next += 1
    }
    fuse(first, end: next)
    // The two links stand where the next operation would.
    UnsafeMutableRawPointer(next + 1).bindMemory(to: Optional<Block>.self, capacity: 2)
      .initialize(repeating: nil, count: 2)
    guard marks != nil else { return (next - first + 2, LoopBudget.of(weight)) }
    return (next - first + 3, account(first, end: next, at: address))
  }

  /// Where code goes on that begins at an offset: elsewhere in its page where all that it begins with is a jump of translated code.
  private func target(of start: Int, _ mark: TranslatedCode.Mark, _ pageEnd: Int) -> Int {
    guard mark.weight == 0, !mark.mayStop(breakpoints), let bits = fetch(start, pageEnd: pageEnd) else {
      return start
    }
    let operation = decodings[bits].pointee.operation
    let target = start &+ Int(operation.imm)
    guard operation.code == .jal, operation.rd == DecodedOperation.sink, target >> 12 == start >> 12,
      fetch(target, pageEnd: pageEnd) != nil
    else { return start }
    return target
  }

  /// Whether a way out of a unit of translated code begins at an address: a jump or a call of the monitor, one in the place of the other.
  private func isWayOut(_ address: UInt64) -> Bool {
    let start = Int(address &- base)
    guard let mark = translated?.marks(at: address)?.pointee, mark.weight == 0,
      let bits = fetch(start, pageEnd: (start | 4095) + 1)
    else { return false }
    let code = decodings[bits].pointee.operation.code
    return code == .jal || code == .ecall
  }

  /// Ends a block of translated code, from its first operation to its last, with an account. The result is the budget that the block
  /// needs: what follows behind the last instruction that completes one of the guest's must not run before the next one may.
  private func account(_ first: Block, end last: Block, at address: UInt64) -> Int {
    // A jump to the first operation is none.
    var (weight, overhead, spare) = (0, first.pointee.offset != 0 ? 1 : 0, 1)
    var place: Int?
    for op in first...last {
      let offset = Int(op.pointee.offset)
      if place == nil, translated?.marks(at: address &+ UInt64(bitPattern: Int64(offset)))?.pointee.guestOffset != nil {
        place = offset
      }
      weight += op.pointee.weight
      overhead += op.pointee.overhead
      if op.pointee.length != 0 { spare = op.pointee.weight == 0 ? 1 : 0 }
    }
    // SAFETY: there are marks where blocks have accounts.
    last.account.initialize(
      to: BlockAccount(entries: translated!.counter(address, place), change: LoopBudget.of(spare) + overhead))
    if last > first { last[-1].code = CountedEnd.of(last[-1].code) }
    last.pointee.code = CountedEnd.of(last.pointee.code)
    last.pointee.isAccounted = true
    return LoopBudget.of(weight + spare)
  }

  /// Marks pairs of operations that are executed in one dispatch, up to `last`.
  private func fuse(_ first: Block, end last: Block) {
    var op = first
    while op < last {
      if let run = OperationRun.code(at: op, end: last) {
        op.pointee.code = run.0
        op += run.count
        continue
      }
      if let code = FusedPair.code(op.pointee.code, op[1].code) {
        op.pointee.code = code
        op += 1
      }
      op += 1
    }
  }

  /// The instruction at an offset into RAM, unless it reaches beyond the page.
  private func fetch(_ offset: Int, pageEnd: Int) -> UInt32? {
    guard offset + 2 <= pageEnd else { return nil }
    let low = (bytes + offset).loadUnaligned(as: UInt16.self)
    if low & 3 != 3 { return UInt32(low) }
    guard offset + 4 <= pageEnd else { return nil }
    return (bytes + offset).loadUnaligned(as: UInt32.self)
  }

  /// Fills the header, and enters the block among those of its page.
  private func enter(_ block: Block, offset: Int, weight: Int, isRoomy: Bool) {
    let page = offset >> 12
    if granules[page] == 0 {
      codePages.append(page)
      let address = base &+ UInt64(page << 12)
      for tlb in dataTLBs { tlb.dropStorePointers(toPage: address) }
    }
    var first = firstBlocks + page
    if block.pointee.offset == 0, let chains = translated?.firstBlocks(ofPageAt: base &+ UInt64(page << 12)) {
      first = chains + (offset & 4095) / Self.granuleSize
    }
    block.header.initialize(
      to: BlockHeader(weight: weight, offset: offset, isRoomy: isRoomy, previous: first.pointee))
    first.pointee = UInt32(block - arena)
    noteBytes(of: block)
  }

  /// Stores to the bytes of a block are to be told.
  private func noteBytes(of block: Block) {
    let offset = block.header.pointee.offset
    for bytes in block.bytes { granules[offset >> 12] |= Self.granuleMask(bytes.lowerBound, bytes.count) }
  }

  private static func granuleMask(_ offset: Int, _ count: Int) -> UInt64 {
    let first = (offset & 4095) >> 6
    let last = min((offset & 4095) + count - 1, 4095) >> 6
    return (last - first == 63 ? ~0 : (1 << UInt64(last - first + 1)) - 1) << UInt64(first)
  }

  // MARK: Dropping

  /// Whether decoded code lies in a range of RAM within one page.
  @inline(__always)
  func holdsCode(offset: Int, count: Int) -> Bool {
    let bits = granules[offset >> 12]
    return bits != 0 && bits & Self.granuleMask(offset, count) != 0
  }

  /// Whether a store to a range within one page has to be told to ``storeHappened(offset:count:)``.
  @inline(__always)
  func wantsToKnow(offset: Int, count: Int) -> Bool {
    traced[offset >> 12] != 0 || holdsCode(offset: offset, count: count)
  }

  /// A store happened, or is about to: drops the blocks of each page whose code it touches.
  func storeHappened(offset: Int, count: Int) {
    var offset = offset
    var left = count
    while left > 0 {
      let part = min(left, 4096 - offset & 4095)
      if holdsCode(offset: offset, count: part) { removePage(offset >> 12) }
      if traced[offset >> 12] != 0 { onTracedStore?(offset, part) }
      offset += part
      left -= part
    }
  }

  /// Instructions of translated code in a range within one page were replaced by others: their blocks are decoded again where they lie, so
  /// that nothing that leads to them has to be forgotten.
  func codeWasPatched(offset: Int, count: Int) {
    guard holdsCode(offset: offset, count: count) else { return }
    let page = offset >> 12
    let range = offset..<offset + count
    guard decodeAgain(firstBlocks + page, range) else { return removePage(page) }
    guard let chains = translated?.firstBlocks(ofPageAt: base &+ UInt64(page << 12)) else { return }
    // No block reaches further than this.
    let first = max(offset & 4095 - 4 * Self.longest, 0) / Self.granuleSize
    for granule in first...(offset & 4095 + count - 1) / Self.granuleSize
    where !decodeAgain(chains + granule, range) {
      return removePage(page)
    }
  }

  /// Decodes those blocks of a chain again that cover any of a range; false where one needs more room than it has. One that begins with a
  /// jump from now on leaves a granule's chain for the page's.
  private func decodeAgain(_ first: UnsafeMutablePointer<UInt32>, _ range: Range<Int>) -> Bool {
    let all = firstBlocks + (range.lowerBound >> 12)
    var before: Block?
    var index = first.pointee
    while index != 0 {
      let block = arena + Int(index)
      let previous = block.header.pointee.previous
      if block.covers(range), !decodeAgain(block) { return false }
      if first != all && block.pointee.offset != 0 {
        if let before { before.header.pointee.previous = previous } else { first.pointee = previous }
        block.header.pointee.previous = all.pointee
        all.pointee = index
      } else {
        before = block
      }
      index = previous
    }
    return true
  }

  /// Decodes a block again; false where it needs more room than it has.
  private func decodeAgain(_ block: Block) -> Bool {
    let address = base &+ UInt64(block.header.pointee.offset)
    let room = max(block.blockEnd - block + 3, block.header.pointee.isRoomy ? Self.roominess : 0)
    guard var extent = decode(from: address, to: patched) else { return false }
    if extent.count > room {
      // Two operations may come at once, and one more ends the block; then links and account.
      guard let part = decode(from: address, to: patched, limit: room - 5), part.count <= room else { return false }
      extent = part
    }
    block.update(from: patched, count: extent.count)
    block.header.pointee.weight = extent.weight
    noteBytes(of: block)
    return true
  }

  private func removePage(_ page: Int) {
    forEachChain(ofPage: page) { first in
      var index = first
      while index != 0 {
        let header = (arena + Int(index)).header.pointee
        let address = base &+ UInt64(header.offset)
        let slot = slots + Self.slotIndex(address)
        if slot.pointee.address == address { slot.pointee = Slot() }
        index = header.previous
      }
      first = 0
    }
    granules[page] = 0
    generation.pointee &+= 1
  }

  private func forEachChain(ofPage page: Int, _ body: (inout UInt32) -> Void) {
    body(&firstBlocks[page])
    guard let first = translated?.firstBlocks(ofPageAt: base &+ UInt64(page << 12)) else { return }
    for granule in 0..<4096 / Self.granuleSize { body(&first[granule]) }
  }

  /// Drops everything.
  func removeAll() {
    for page in codePages {
      forEachChain(ofPage: page) { $0 = 0 }
      granules[page] = 0
    }
    codePages.removeAll(keepingCapacity: true)
    slots.update(repeating: Slot(), count: Self.slotCount)
    used = 0
    generation.pointee &+= 1
  }

  /// Replaces the page offsets at which blocks stop for a breakpoint.
  func setBreakpoints(_ offsets: Set<UInt16>) {
    if breakpoints.change(to: offsets) { removeAll() }
  }
}
