/// Why the block loop stopped.
enum BlockExit {
  /// What is left of the budget is less than the next block: the rest of the turn goes through a shortened copy.
  case budget
  /// The instruction at `pc` is for the step path.
  case step
  /// A breakpoint may stand at `pc`.
  case breakpoint
  /// An instruction changed what is looked at between blocks, or a trap was taken.
  case recheck
}

/// Why a run of a hart ended.
package enum HartStop: Sendable {
  /// The allowance is used up by instructions that retired or trapped.
  case allowance
  /// A breakpoint may stand at `pc`: nothing has been executed there yet.
  case breakpoint
  /// The hart waits for an interrupt.
  case waiting
  /// Events, timers or devices want to be looked at.
  case attention
}

/// The interpreter: the block loop, and the step path that is its reference and does whatever is unusual.
enum Engine {
  /// Runs a hart until its budget is used up or something else ends the run. With `byStep` every instruction takes the
  /// step path.
  static func run(_ h: HartPointer, byStep: Bool) -> HartStop {
    h.s.pointee.jumpKey = h.s.pointee.fetchContext | h.generation &<< 12
    while true {
      if h.s.pointee.wantsAttention {
        h.s.pointee.wantsAttention = false
        return .attention
      }
      if h.s.pointee.isWaiting {
        guard h.s.pointee.mip & h.s.pointee.mie != 0 else { return .waiting }
        h.s.pointee.isWaiting = false
      }
      h.s.pointee.recheck = false
      if let interrupt = h.pendingInterrupt() {
        h.take(interrupt)
        continue
      }
      if h.s.pointee.budget <= 0 { return .allowance }
      if byStep {
        if h.mayStop(at: h.s.pointee.pc) { return .breakpoint }
        let budget = h.s.pointee.budget
        step(h)
        if h.s.pointee.translatedWindow.size != 0 { complete(h, budget) { h.mayStop(at: $0) } }
        continue
      }
      switch enter(h) {
      case .recheck, .budget: break
      case .breakpoint: return .breakpoint
      case .step:
        step(h)
        h.s.pointee.jumpKey = h.s.pointee.fetchContext | h.generation &<< 12
      }
    }
  }

  /// Finds the block at `pc` and runs from there.
  private static func enter(_ h: HartPointer) -> BlockExit {
    let pc = h.s.pointee.pc
    do {
      let block: BlockCache.Block
      if let known = known(h, pc) {
        block = known
      } else {
        // A stop is before the fetch, as on the step path.
        if h.mayStop(at: pc) { return .breakpoint }
        block = try find(h, pc)
      }
      if LoopBudget.of(h.s.pointee.budget) < block.blockWeight { return runShortened(h, block) }
      return runBlocks(h, block)
    } catch {
      guard case .trap(let trap) = error else { return .step }
      h.take(trap)
      return .recheck
    }
  }

  /// The block at a virtual address whose translation the fetch TLB has, so that nothing is walked, charged or raised; nil
  /// otherwise. The block loop looks no further: the instruction before may have been the last before an interrupt or a stop.
  @inline(__always)
  static func known(_ h: HartPointer, _ pc: UInt64) -> BlockCache.Block? {
    let tlb = h.s.pointee.fetchTLB
    let index = tlb.index(pc, hash: h.s.pointee.fetchHash)
    guard tlb.entries[index].loadTag == pc & ~0xfff | h.s.pointee.fetchContext else { return nil }
    let entry = h.s.pointee.jumps + Int(truncatingIfNeeded: (pc &>> 1) & UInt64(JumpCacheEntry.count - 1))
    if entry.pointee.pc == pc && entry.pointee.key == h.s.pointee.jumpKey {
      return entry.pointee.block.unsafelyUnwrapped
    }
    return knownSlow(h, pc, tlb.translations[index].physicalPage | pc & 0xfff, entry)
  }

  @inline(never)
  private static func knownSlow(
    _ h: HartPointer, _ pc: UInt64, _ physical: UInt64, _ entry: UnsafeMutablePointer<JumpCacheEntry>
  ) -> BlockCache.Block? {
    guard h.s.pointee.check == nil, !h.s.pointee.memoryIsView else { return nil }
    return enterJump(h, pc, physical, entry)
  }

  /// The block at a virtual address of a page of RAM that may be executed as a whole, entered into the jump cache.
  private static func enterJump(
    _ h: HartPointer, _ pc: UInt64, _ physical: UInt64, _ entry: UnsafeMutablePointer<JumpCacheEntry>
  ) -> BlockCache.Block? {
    guard let block = h.blocks.block(at: physical) else { return nil }
    h.s.pointee.jumpKey = h.s.pointee.fetchContext | h.generation &<< 12
    entry.pointee = JumpCacheEntry(pc: pc, key: h.s.pointee.jumpKey, block: block)
    h.s.pointee.jumpPages.insert(pc)
    return block
  }

  /// The block that follows in the run, for the block loop; nil where it is not known. A link within the page is remembered.
  @inline(__always)
  static func next(_ h: HartPointer, from: UInt64, to pc: UInt64, _ link: BlockCache.Link) -> BlockCache.Block? {
    if let block = link.pointee { return block }
    return nextSlow(h, from: from, to: pc, link)
  }

  @inline(never)
  private static func nextSlow(
    _ h: HartPointer, from: UInt64, to pc: UInt64, _ link: BlockCache.Link
  ) -> BlockCache.Block? {
    let generation = h.generation
    guard let block = known(h, pc) else { return nil }
    // A cache that was emptied meanwhile took the link with it.
    if (from ^ pc) &>> 12 == 0 && generation == h.generation { link.pointee = block }
    return block
  }

  /// The block at a virtual address, with the walk that its fetch needs.
  private static func find(_ h: HartPointer, _ pc: UInt64) throws(Departure) -> BlockCache.Block {
    let physical = try h.translateFetch(pc, count: 2)
    let tlb = h.s.pointee.fetchTLB
    let index = tlb.index(pc, hash: h.s.pointee.fetchHash)
    let entry = h.s.pointee.jumps + Int(truncatingIfNeeded: (pc &>> 1) & UInt64(JumpCacheEntry.count - 1))
    // Only pages of RAM that may be executed as a whole hold blocks.
    guard tlb.entries[index].loadTag == tlb.entries[index].tag, !h.s.pointee.memoryIsView,
      let block = enterJump(h, pc, physical, entry)
    else {
      throw .step
    }
    return block
  }

  /// Runs as much of a block as the budget allows, in a copy that ends early.
  private static func runShortened(_ h: HartPointer, _ block: BlockCache.Block) -> BlockExit {
    let copy = h.s.pointee.scratch + 1
    var left = h.s.pointee.budget
    var count = 0
    var overhead = 0
    while left > 0 && block[count].weight <= left {
      copy[count] = block[count]
      left -= block[count].weight
      overhead += block[count].overhead
      count += 1
    }
    if count == 0 { return .step }
    let end = block.blockEnd
    if end.pointee.isAccounted {
      _ = end.settle()
      // A jump to the first operation is none.
      if block.pointee.offset != 0 { overhead += 1 }
    }
    // What is fused with operations that are not in the copy is taken apart.
    for index in max(0, count - OperationRun.longest)..<count {
      copy[index].code = FusedPair.first(of: copy[index].code)
    }
    copy[count] = DecodedOperation(.exit, offset: block[count].offset, imm: Int64(overhead))
    copy.header.initialize(to: BlockHeader(weight: LoopBudget.of(h.s.pointee.budget - left)))
    return runBlocks(h, copy)
  }
}
