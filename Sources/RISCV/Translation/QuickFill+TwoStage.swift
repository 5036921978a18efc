// The common miss of the data TLB where two stages translate, as ``HartPointer/quickFill(_:_:)`` does it for one.

/// A leaf that a quick walk found.
private struct QuickLeaf {
  /// Address of the 4 KiB page.
  var page: UInt64
  var entry: UInt64
  var level: UInt64
  /// R W X in bits 0 to 2, W only once D is set.
  var rights: UInt8
}

extension HartPointer {
  @inline(never)
  func quickFillTwoStage(_ address: UInt64, _ kind: AccessKind) -> Bool {
    guard !s.pointee.isStepping else { return false }
    let cache = s.pointee.dataTLB
    let place = cache.index(address, hash: s.pointee.dataHash)
    let tag = address & ~0xfff | s.pointee.dataContext
    guard cache.entries[place].tag != tag || !permits(cache.translations[place], kind) else { return false }
    var (first, guest) = (UInt64(0), UInt64(0))
    var page = address & ~0xfff
    var leaf: QuickLeaf?
    if s.pointee.quick.levels > 0 {
      guard let found = quickWalk(address, kind, &first, &guest) else { return false }
      page = found.page
      leaf = found
    }
    guard let last = quickGuestWalk(page, kind, &guest) else { return false }
    let offset = last.page &- s.pointee.memoryBase
    guard isOpen(offset) else { return false }
    // Level and flags are those of the first stage, where there is one.
    let named = leaf ?? last
    let rights = named.rights & last.rights
    if named.level > 0 { cache.noteLarge(tag: tag, shift: 12 &+ 9 &* named.level) }
    cache.translations[place] = TranslationCache.Translation(
      physicalPage: last.page, flags: UInt8(truncatingIfNeeded: named.entry),
      level: UInt8(truncatingIfNeeded: named.level),
      rights: rights, protection: 7)
    counts.pointee.dataMisses &+= 1
    counts.pointee.firstStageReferences &+= first
    counts.pointee.guestStageReferences &+= guest
    let mayStore = rights & 2 != 0 && s.pointee.codePages[Int(truncatingIfNeeded: offset &>> 12)] == 0
    cache.entries[place] = TranslationCache.Entry(
      loadTag: rights & 1 != 0 ? tag : .max, storeTag: mayStore ? tag : .max,
      addend: UInt64(UInt(bitPattern: s.pointee.memoryBytes)) &+ offset &- (address & ~0xfff), tag: tag)
    return true
  }

  /// The first stage, whose tables lie at guest-physical addresses.
  @inline(__always)
  private func quickWalk(
    _ address: UInt64, _ kind: AccessKind, _ references: inout UInt64, _ guestReferences: inout UInt64
  ) -> QuickLeaf? {
    let unused = s.pointee.quick.unusedBits
    guard UInt64(bitPattern: Int64(bitPattern: address &<< unused) &>> Int64(unused)) == address else { return nil }
    var level = UInt64(s.pointee.quick.levels)
    var table = s.pointee.quick.root
    while level > 0 {
      level &-= 1
      guard let page = quickGuestWalk(table, .load, &guestReferences) else { return nil }
      let offset = page.page &- s.pointee.memoryBase
      guard isOpen(offset) else { return nil }
      let index = address &>> (12 &+ 9 &* level) & 511
      // SAFETY: `offset` plus an index into the page lies in RAM.
      let entry = (s.pointee.memoryBytes + Int(truncatingIfNeeded: offset &+ index &* 8)).load(as: UInt64.self)
      references &+= 1
      if entry & Self.pointerMask == EntryBit.valid {
        table = EntryBit.target(entry)
        continue
      }
      let leaf = quickLeaf(entry, level, address, EntryBit.valid | EntryBit.read | EntryBit.accessed)
      guard var leaf else { return nil }
      if (entry ^ s.pointee.quick.userBit) & EntryBit.user != 0 {
        guard s.pointee.quick.allowsUserPages else { return nil }
        leaf.rights &= ~4
      }
      return leaf.rights & kind.right != 0 ? leaf : nil
    }
    return nil
  }

  /// The G-stage. Its tables lie in RAM as it is.
  @inline(__always)
  private func quickGuestWalk(_ address: UInt64, _ kind: AccessKind, _ references: inout UInt64) -> QuickLeaf? {
    var level = UInt64(s.pointee.quick.guestLevels)
    guard address &>> (14 &+ 9 &* level) == 0 else { return nil }
    var table = s.pointee.quick.guestRoot
    var mask: UInt64 = 2047
    while level > 0 {
      level &-= 1
      let offset = table &- s.pointee.memoryBase &+ (address &>> (12 &+ 9 &* level) & mask) &* 8
      guard isOpen(offset) else { return nil }
      // SAFETY: `offset` is that of a doubleword in RAM, whose size is a multiple of it.
      let entry = (s.pointee.memoryBytes + Int(truncatingIfNeeded: offset)).load(as: UInt64.self)
      references &+= 1
      mask = 511
      if entry & Self.pointerMask == EntryBit.valid {
        table = EntryBit.target(entry)
        continue
      }
      let wanted = EntryBit.valid | EntryBit.read | EntryBit.user | EntryBit.accessed
      guard let leaf = quickLeaf(entry, level, address, wanted), leaf.rights & kind.right != 0 else { return nil }
      return leaf
    }
    return nil
  }

  /// A leaf with these bits, of which nothing is wrong.
  @inline(__always)
  private func quickLeaf(_ entry: UInt64, _ level: UInt64, _ address: UInt64, _ wanted: UInt64) -> QuickLeaf? {
    guard entry & (wanted | EntryBit.reserved | EntryBit.napot) == wanted else { return nil }
    var rights = UInt8(truncatingIfNeeded: entry &>> 1 & 7)
    if entry & EntryBit.dirty == 0 { rights &= ~2 }
    let offsets = (UInt64(1) &<< (12 &+ 9 &* level)) &- 1
    let target = EntryBit.target(entry)
    guard target & offsets == 0 else { return nil }
    return QuickLeaf(page: target | address & offsets & ~0xfff, entry: entry, level: level, rights: rights)
  }
}
