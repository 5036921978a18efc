/// Translation regimes, numbered: the numbers tag TLB entries, so that entering a context costs nothing and leaving one loses
/// nothing.
struct ContextTable {
  struct Slot {
    var addressTranslation: UInt64 = 0
    var guestTranslation: UInt64 = 0
    /// Mode and flags (``TranslationRegime/bits``); all ones in a free slot.
    var bits: UInt64 = .max
    /// The number in place, as tags carry it (bits 11 to 3).
    var tag: UInt64 = 0

    func holds(_ regime: TranslationRegime) -> Bool {
      bits == regime.bits && addressTranslation == regime.addressTranslation
        && guestTranslation == regime.guestTranslation
    }

    var isVirtual: Bool { bits & 4 != 0 }
    var mode: PrivilegeMode { PrivilegeMode(rawValue: UInt8(bits & 7)) ?? .user }
    var asid: UInt16 { UInt16(truncatingIfNeeded: addressTranslation >> 44) }
    var vmid: UInt16 { UInt16(truncatingIfNeeded: guestTranslation >> 44 & 0x3fff) }
  }

  static let slotCount = 64
  /// Slots that a context may be in.
  static let ways = 4
  /// Numbers fit the nine bits of a tag; the highest is left out so that no tag is all ones.
  static let highest: UInt64 = 510
  let slots: UnsafeMutablePointer<Slot>
  /// The last number that was given out.
  let last: UnsafeMutablePointer<UInt64>
  /// A bit for each slot in use.
  let used: UnsafeMutablePointer<UInt64>
  /// What each mode came to last, by its raw value.
  let recent: UnsafeMutablePointer<RecentContexts>
  /// Grows whenever a context loses its number, or something else changes that `recent` does not compare.
  let epoch: UnsafeMutablePointer<UInt64>

  init() {
    slots = .allocate(capacity: Self.slotCount)
    slots.initialize(repeating: Slot(), count: Self.slotCount)
    last = .allocate(capacity: 1)
    last.initialize(to: 0)
    used = .allocate(capacity: 1)
    used.initialize(to: 0)
    recent = .allocate(capacity: 8)
    recent.initialize(repeating: RecentContexts(), count: 8)
    epoch = .allocate(capacity: 1)
    epoch.initialize(to: 0)
  }

  func deallocate() {
    slots.deallocate()
    last.deallocate()
    used.deallocate()
    recent.deallocate()
    epoch.deallocate()
  }

  /// The slot of a context; where it is not in use, that which it would have.
  func index(of regime: TranslationRegime) -> Int {
    let (first, second, bits) = (regime.addressTranslation, regime.guestTranslation, regime.bits)
    let hash = first ^ (first &>> 44) ^ (second &* 3) ^ (second &>> 41) ^ (bits &* 11) ^ (bits &>> 3)
    let home = Int(truncatingIfNeeded: hash & UInt64(Self.slotCount - 1))
    var index = home
    // Contexts that are in use together, such as those of fetches and of data in one mode, must not cost one another the slot.
    for distance in 0..<Self.ways {
      let place = (home + distance) & (Self.slotCount - 1)
      if slots[place].holds(regime) { return place }
      if slots[place].bits == .max && slots[index].bits != .max { index = place }
    }
    return index
  }

  func removeAll() {
    while used.pointee != 0 { remove(used.pointee.trailingZeroBitCount) }
  }

  @inline(__always)
  func remove(_ index: Int) {
    slots[index].bits = .max
    used.pointee &= ~(1 &<< UInt64(index))
    epoch.pointee &+= 1
  }
}

/// What a fence of address translation is about: the first stage without V (`sfence.vma`), that of one guest
/// (`hfence.vvma`), or the G-stage of one guest or of all (`hfence.gvma`).
enum FenceScope {
  case host
  case guest(vmid: UInt16)
  case guestStage(vmid: UInt16?)
}

extension HartPointer {
  /// The tag of a context; a new one when it was not in use.
  func context(_ regime: TranslationRegime) -> UInt64 {
    let table = s.pointee.contexts
    let index = table.index(of: regime)
    let slot = table.slots + index
    if slot.pointee.holds(regime) { return slot.pointee.tag }
    if slot.pointee.bits != .max { table.epoch.pointee &+= 1 }
    table.last.pointee += 1
    let tag = table.last.pointee &<< 3
    slot.pointee = ContextTable.Slot(
      addressTranslation: regime.addressTranslation, guestTranslation: regime.guestTranslation, bits: regime.bits,
      tag: tag)
    table.used.pointee |= 1 &<< UInt64(index)
    return tag
  }

  /// A context is not in use, and numbers are nearly used up. Who only comes back to one that is must not start them again: that
  /// would depend on where the simulator cuts a run.
  func lacksNumber(_ regime: TranslationRegime) -> Bool {
    let table = s.pointee.contexts
    return table.last.pointee > ContextTable.highest - 2 && !table.slots[table.index(of: regime)].holds(regime)
  }

  /// The hash that spreads contexts over a TLB.
  static func hash(_ tag: UInt64) -> UInt64 { (tag &>> 3) &* 37 }

  func forgetAllTranslations() {
    s.pointee.walkCache?.pointee.removeAll()
    s.pointee.dataTLB.removeAll()
    s.pointee.fetchTLB.removeAll()
    s.pointee.contexts.removeAll()
    s.pointee.contexts.last.pointee = 0
    // Numbers come again: what was remembered with the old ones must not be found.
    s.pointee.generation.pointee &+= 1
  }

  /// Forgets what a fence names (Privileged ISA, "Supervisor Memory-Management Fence Instruction"; "H" Extension, "Hypervisor
  /// Memory-Management Fence Instructions"); nil means all.
  func fence(_ scope: FenceScope, address: UInt64?, asid: UInt16?) {
    counts.pointee.fences &+= 1
    s.pointee.check?._withUnsafeGuaranteedRef { $0.fenced(scope, address: address, asid: asid) }
    s.pointee.walkCache?.pointee.removeAll()
    s.pointee.fences &+= 1
    let contexts = s.pointee.contexts
    var left = contexts.used.pointee
    var isLarge = false
    while left != 0 {
      let index = left.trailingZeroBitCount
      left &= left &- 1
      let slot = contexts.slots + index
      let isMeant =
        switch scope {
        case .host: !slot.pointee.isVirtual && (asid == nil || slot.pointee.asid == asid)
        case .guest(let vmid):
          slot.pointee.isVirtual && slot.pointee.vmid == vmid && (asid == nil || slot.pointee.asid == asid)
        case .guestStage(let vmid): slot.pointee.isVirtual && (vmid == nil || slot.pointee.vmid == vmid)
        }
      guard isMeant else { continue }
      if let address {
        s.pointee.dataTLB.remove(address: address, context: slot.pointee.tag)
        s.pointee.fetchTLB.remove(address: address, context: slot.pointee.tag)
        isLarge = isLarge || s.pointee.fetchTLB.mayBeLarge(address, slot.pointee.tag)
      } else {
        contexts.remove(index)
      }
    }
    if let address { forgetJumps(to: address, isLarge: isLarge) }
    if contexts.used.pointee == 0 {
      s.pointee.dataTLB.forgetLarge()
      s.pointee.fetchTLB.forgetLarge()
    }
    if s.pointee.eventMask.contains(.tlb) { record(.tlbFlush) }
    updateContexts()
  }

  /// Forgets where the blocks lie that begin in the page of a fenced address; of a large page, all.
  ///
  /// The jump cache goes by virtual addresses, and the fetch TLB vouches for it. But the TLB has the page again as soon as one fetch
  /// was translated anew, and would vouch for what the cache knew before.
  private func forgetJumps(to address: UInt64, isLarge: Bool) {
    guard s.pointee.jumpPages.remove(address) || isLarge else { return }
    let page = address & ~0xfff
    // The half-words of a page are a row of entries.
    let first = isLarge ? 0 : Int(truncatingIfNeeded: (page &>> 1) & UInt64(JumpCacheEntry.count - 1))
    let jumps = s.pointee.jumps + first
    for index in 0..<(isLarge ? JumpCacheEntry.count : 2048) where isLarge || jumps[index].pc & ~0xfff == page {
      jumps[index].pc = 1
    }
  }
}
