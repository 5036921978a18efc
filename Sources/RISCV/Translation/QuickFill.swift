/// The common miss of the data TLB, done in one go: a page in RAM, reached through page tables in RAM by one stage, with PMP
/// open for all of RAM, and nothing to set in the page-table entry.
///
/// The walk of ``HartPointer/walk(_:_:regime:isDry:recorder:)`` is the reference, which the step path always takes. This one
/// gives up, having changed nothing, at whatever the other has a special case for.
extension HartPointer {
  /// Fills the entry of the data TLB for a page. False where that is for the slow path, which then finds out why.
  @inline(__always)
  func quickFill(_ address: UInt64, _ kind: AccessKind) -> Bool {
    guard s.pointee.quickLevels > 0, !s.pointee.isStepping else { return false }
    // An entry that is there and will do only lacks its pointer.
    let cache = s.pointee.dataTLB
    let index = cache.index(address, hash: s.pointee.dataHash)
    guard
      cache.entries[index].tag != address & ~0xfff | s.pointee.dataContext || !permits(cache.translations[index], kind)
    else { return false }
    let unused = s.pointee.quickUnusedBits
    guard UInt64(bitPattern: Int64(bitPattern: address &<< unused) &>> Int64(unused)) == address else { return false }
    let memory = memory
    let (base, size, bytes) = (memory.base, memory.size, memory.bytes)
    var level = UInt64(s.pointee.quickLevels)
    var table = s.pointee.quickRoot
    var entry: UInt64
    repeat {
      level &-= 1
      let offset = table &- base
      // Both are multiples of the page size: a table that begins in RAM ends in it.
      guard offset < size else { return false }
      let index = address &>> (12 &+ 9 &* level) & 511
      // SAFETY: `offset` plus an index into the page lies in RAM.
      entry = (bytes + Int(truncatingIfNeeded: offset &+ index &* 8)).load(as: UInt64.self)
      guard entry & EntryBit.valid != 0, entry & (EntryBit.reserved | EntryBit.napot) == 0 else { return false }
      if entry & (EntryBit.read | EntryBit.write | EntryBit.execute) != 0 {
        return keep(entry, level, address, kind)
      }
      guard entry & (EntryBit.accessed | EntryBit.dirty | EntryBit.user) == 0 else { return false }
      table = EntryBit.target(entry)
    } while level > 0
    return false
  }

  /// Enters a leaf into the data TLB.
  @inline(__always)
  private func keep(_ entry: UInt64, _ level: UInt64, _ address: UInt64, _ kind: AccessKind) -> Bool {
    guard entry & (EntryBit.read | EntryBit.write) != EntryBit.write else { return false }
    let needed = kind == .store ? EntryBit.accessed | EntryBit.dirty : EntryBit.accessed
    guard entry & needed == needed else { return false }
    var rights = s.pointee.dataRegime.rights(entry)
    guard rights & kind.right != 0 else { return false }
    if entry & EntryBit.dirty == 0 { rights &= ~2 }
    let offsets = (UInt64(1) &<< (12 &+ 9 &* level)) &- 1
    let target = EntryBit.target(entry)
    guard target & offsets == 0 else { return false }
    let page = target | address & offsets & ~0xfff
    let memory = memory
    let offset = page &- memory.base
    guard offset < memory.size else { return false }

    let cache = s.pointee.dataTLB
    let index = cache.index(address, hash: s.pointee.dataHash)
    let tag = address & ~0xfff | s.pointee.dataContext
    if level > 0 { cache.noteLarge(tag: tag, shift: 12 &+ 9 &* level) }
    cache.translations[index] = TranslationCache.Translation(
      physicalPage: page, flags: UInt8(truncatingIfNeeded: entry), level: UInt8(truncatingIfNeeded: level),
      rights: rights, protection: 7)
    let mayStore = rights & 2 != 0 && !blocks.hasCode(page: Int(offset &>> 12))
    cache.entries[index] = TranslationCache.Entry(
      loadTag: rights & 1 != 0 ? tag : .max, storeTag: mayStore ? tag : .max,
      addend: UInt64(UInt(bitPattern: memory.bytes)) &+ offset &- (address & ~0xfff), tag: tag)
    return true
  }

  /// Works out whether the regime of data accesses, PMP and observation allow ``quickFill(_:_:)``.
  func prepareQuickFill() {
    let regime = s.pointee.dataRegime
    s.pointee.quickLevels = 0
    guard regime.addressTranslation != 0, regime.guestTranslation == 0, s.pointee.isMemoryOpen,
      s.pointee.watches.ranges.isEmpty, s.pointee.eventMask.isDisjoint(with: .needsStepping)
    else { return }
    let scheme = PagingScheme(rawValue: regime.addressTranslation >> 60)!
    s.pointee.quickLevels = scheme.levels
    s.pointee.quickUnusedBits = 64 - scheme.addressBits
    s.pointee.quickRoot = (regime.addressTranslation & 0xfff_ffff_ffff) << 12
  }
}
