/// The common miss of the data TLB, done in one go: a page in RAM, reached through page tables in RAM, where PMP is open to
/// all, and nothing to set in the page-table entry.
///
/// The walk of ``HartPointer/walk(_:_:regime:isDry:recorder:)`` is the reference, which the step path always takes. This one
/// gives up, having changed nothing, at whatever the other has a special case for.
struct QuickWalk {
  /// Levels of the page table; 0 where the walk is not for here.
  var levels = 0
  /// Physical address of its root.
  var root: UInt64 = 0
  /// How many upper bits of an address must repeat the one below them.
  var unusedBits: UInt64 = 0
  /// U of the pages of the running mode, and whether it may load and store in the others too.
  var userBit: UInt64 = 0
  var allowsUserPages = false
  /// Levels of the G-stage's tables; 0 where the walk has one stage. Then `levels` may be 0 for a Bare first stage.
  var guestLevels = 0
  /// Physical address of their root.
  var guestRoot: UInt64 = 0
}

extension HartPointer {
  /// Fills the entry of the data TLB for a page. False where that is for the slow path, which then finds out why.
  @inline(__always)
  func quickFill(_ address: UInt64, _ kind: AccessKind) -> Bool {
    if s.pointee.quick.guestLevels > 0 { return quickFillTwoStage(address, kind) }
    guard s.pointee.quick.levels > 0, !s.pointee.isStepping else { return false }
    // An entry that is there and will do only lacks its pointer.
    let cache = s.pointee.dataTLB
    let place = cache.index(address, hash: s.pointee.dataHash)
    guard
      cache.entries[place].tag != address & ~0xfff | s.pointee.dataContext || !permits(cache.translations[place], kind)
    else { return false }
    let unused = s.pointee.quick.unusedBits
    guard UInt64(bitPattern: Int64(bitPattern: address &<< unused) &>> Int64(unused)) == address else { return false }
    let (base, bytes) = (s.pointee.memoryBase, s.pointee.memoryBytes)
    var level = UInt64(s.pointee.quick.levels)
    var table = s.pointee.quick.root
    repeat {
      level &-= 1
      let offset = table &- base
      guard isOpen(offset) else { return false }
      let index = address &>> (12 &+ 9 &* level) & 511
      // SAFETY: `offset` plus an index into the page lies in RAM.
      let entry = (bytes + Int(truncatingIfNeeded: offset &+ index &* 8)).load(as: UInt64.self)
      if entry & Self.pointerMask != EntryBit.valid { return keep(entry, level, address, kind, index: place) }
      table = EntryBit.target(entry)
    } while level > 0
    return false
  }

  /// Whether PMP has the page at an offset open, and it is RAM.
  @inline(__always)
  func isOpen(_ offset: UInt64) -> Bool { offset &- s.pointee.openStart < s.pointee.openSize }

  /// A valid pointer to a table has V alone of these.
  static var pointerMask: UInt64 {
    EntryBit.valid | EntryBit.read | EntryBit.write | EntryBit.execute | EntryBit.user | EntryBit.accessed
      | EntryBit.dirty | EntryBit.reserved | EntryBit.napot
  }

  /// Enters a leaf into the data TLB.
  @inline(__always)
  private func keep(_ entry: UInt64, _ level: UInt64, _ address: UInt64, _ kind: AccessKind, index: Int) -> Bool {
    // A readable leaf with A, and of the others only where nothing is wrong with them.
    let checked = EntryBit.valid | EntryBit.read | EntryBit.accessed | EntryBit.reserved | EntryBit.napot
    guard entry & checked == EntryBit.valid | EntryBit.read | EntryBit.accessed else { return false }
    // R W X stand one bit higher in the entry than in rights.
    var rights = UInt8(truncatingIfNeeded: entry &>> 1 & 7)
    if (entry ^ s.pointee.quick.userBit) & EntryBit.user != 0 {
      guard s.pointee.quick.allowsUserPages else { return false }
      rights &= ~4
    }
    if entry & EntryBit.dirty == 0 { rights &= ~2 }
    guard rights & kind.right != 0 else { return false }
    let offsets = (UInt64(1) &<< (12 &+ 9 &* level)) &- 1
    let target = EntryBit.target(entry)
    guard target & offsets == 0 else { return false }
    let virtualPage = address & ~0xfff
    let page = target | virtualPage & offsets
    let offset = page &- s.pointee.memoryBase
    guard isOpen(offset) else { return false }

    let cache = s.pointee.dataTLB
    let tag = virtualPage | s.pointee.dataContext
    if level > 0 { cache.noteLarge(tag: tag, shift: 12 &+ 9 &* level) }
    cache.translations[index] = TranslationCache.Translation(
      physicalPage: page, flags: UInt8(truncatingIfNeeded: entry), level: UInt8(truncatingIfNeeded: level),
      rights: rights, protection: 7)
    counts.pointee.dataMisses &+= 1
    counts.pointee.firstStageReferences &+= UInt64(s.pointee.quick.levels) &- level
    let mayStore = rights & 2 != 0 && s.pointee.codePages[Int(truncatingIfNeeded: offset &>> 12)] == 0
    cache.entries[index] = TranslationCache.Entry(
      loadTag: tag, storeTag: mayStore ? tag : .max,
      addend: UInt64(UInt(bitPattern: s.pointee.memoryBytes)) &+ offset &- virtualPage, tag: tag)
    return true
  }

  /// Works out whether the regime of data accesses, PMP and observation allow ``quickFill(_:_:)``.
  func prepareQuickFill() {
    let regime = s.pointee.dataRegime
    s.pointee.quick.levels = 0
    s.pointee.quick.guestLevels = 0
    guard !s.pointee.memoryIsView, regime.isPaged, !regime.readsExecutable, !regime.guestStageReadsExecutable,
      !regime.needsExecute,
      s.pointee.openSize > 0, s.pointee.walkCache == nil, s.pointee.watches.ranges.isEmpty,
      s.pointee.eventMask.isDisjoint(with: .needsStepping)
    else { return }
    if regime.guestTranslation != 0 {
      s.pointee.quick.guestLevels = PagingScheme(rawValue: regime.guestTranslation >> 60)!.levels
      s.pointee.quick.guestRoot = (regime.guestTranslation & 0xfff_ffff_ffff) << 12 & ~0x3fff
    }
    guard regime.addressTranslation != 0 else { return }
    let scheme = PagingScheme(rawValue: regime.addressTranslation >> 60)!
    s.pointee.quick.levels = scheme.levels
    s.pointee.quick.unusedBits = 64 - scheme.addressBits
    s.pointee.quick.userBit = regime.mode.level == 0 ? EntryBit.user : 0
    s.pointee.quick.allowsUserPages = regime.mode.level != 0 && regime.allowsUserPages
    s.pointee.quick.root = (regime.addressTranslation & 0xfff_ffff_ffff) << 12
  }
}
