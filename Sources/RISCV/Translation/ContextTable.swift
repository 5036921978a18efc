/// What a translation depends on, numbered: the numbers tag TLB entries, so that entering a context costs nothing and leaving
/// one loses nothing.
struct ContextTable {
  struct Slot {
    var satp: UInt64 = 0
    /// Privilege mode, SUM and MXR; all ones in a free slot.
    var bits: UInt64 = .max
    /// The number in place, as tags carry it (bits 11 to 3).
    var tag: UInt64 = 0
  }

  static let slotCount = 64
  /// Numbers fit the nine bits of a tag; the highest is left out so that no tag is all ones.
  static let highest: UInt64 = 510
  let slots: UnsafeMutablePointer<Slot>
  /// The last number that was given out.
  let last: UnsafeMutablePointer<UInt64>

  init() {
    slots = .allocate(capacity: Self.slotCount)
    slots.initialize(repeating: Slot(), count: Self.slotCount)
    last = .allocate(capacity: 1)
    last.initialize(to: 0)
  }

  func deallocate() {
    slots.deallocate()
    last.deallocate()
  }

  func removeAll() { slots.update(repeating: Slot(), count: Self.slotCount) }
}

extension HartPointer {
  /// The tag of a context; a new one when it was not in use.
  func context(satp: UInt64, bits: UInt64) -> UInt64 {
    let table = s.pointee.contexts
    let index = Int(truncatingIfNeeded: (satp ^ (satp &>> 44) ^ (bits &* 11)) & UInt64(ContextTable.slotCount - 1))
    let slot = table.slots[index]
    if slot.bits == bits && slot.satp == satp { return slot.tag }
    table.last.pointee += 1
    let tag = table.last.pointee &<< 3
    table.slots[index] = ContextTable.Slot(satp: satp, bits: bits, tag: tag)
    return tag
  }

  /// The hash that spreads contexts over a TLB.
  static func hash(_ tag: UInt64) -> UInt64 { (tag &>> 3) &* 37 }

  private func forgetAllTranslations() {
    s.pointee.dataTLB.removeAll()
    s.pointee.fetchTLB.removeAll()
    s.pointee.contexts.removeAll()
    s.pointee.contexts.last.pointee = 0
    for index in 0..<JumpCacheEntry.count { s.pointee.jumps[index] = JumpCacheEntry() }
  }

  /// The privilege that loads and stores are done with: `mstatus.MPRV` lends them the one of `MPP`.
  var dataPrivilege: PrivilegeMode {
    let status = s.pointee.mstatus
    guard s.pointee.privilege == .machine && status & Status.mprv != 0 else { return s.pointee.privilege }
    return PrivilegeMode(rawValue: UInt8(truncatingIfNeeded: (status & Status.mpp) >> 11)) ?? .user
  }

  /// Enters the contexts that privilege, `satp`, SUM, MXR and MPRV now call for.
  func updateContexts() {
    // Both numbers come from one count: a restart between them would leave the first one without its slot.
    if s.pointee.contexts.last.pointee > ContextTable.highest - 2 { forgetAllTranslations() }
    let satp = s.pointee.satp
    let isPaged = satp >> 60 != 0
    let mode = s.pointee.privilege
    let fetch = context(satp: isPaged && mode != .machine ? satp : 0, bits: UInt64(mode.rawValue))
    s.pointee.fetchContext = fetch
    s.pointee.fetchHash = Self.hash(fetch)
    var data = fetch
    let dataMode = dataPrivilege
    let status = s.pointee.mstatus & (Status.sum | Status.mxr)
    if dataMode != mode || (status != 0 && isPaged && dataMode != .machine) {
      let paged = isPaged && dataMode != .machine
      data = context(satp: paged ? satp : 0, bits: UInt64(dataMode.rawValue) | (paged ? status >> 16 : 0))
    }
    s.pointee.dataContext = data
    s.pointee.fastTag = s.pointee.isObserved ? 0 : data
    s.pointee.dataHash = Self.hash(data)
    s.pointee.jumpKey = fetch | generation &<< 12
    s.pointee.recheck = true
  }

  /// Forgets what `sfence.vma` names (Privileged ISA, "Supervisor Memory-Management Fence Instruction"); nil means all.
  func fence(address: UInt64?, asid: UInt16?) {
    let contexts = s.pointee.contexts
    if let address {
      var matching: [UInt64] = []
      for index in 0..<ContextTable.slotCount where contexts.slots[index].bits != .max {
        let slot = contexts.slots[index]
        if asid == nil || UInt16(truncatingIfNeeded: slot.satp >> 44) == asid { matching.append(slot.tag) }
      }
      s.pointee.dataTLB.remove(address: address) { matching.contains($0) }
      s.pointee.fetchTLB.remove(address: address) { matching.contains($0) }
    } else if let asid {
      for index in 0..<ContextTable.slotCount
      where contexts.slots[index].bits != .max && UInt16(truncatingIfNeeded: contexts.slots[index].satp >> 44) == asid {
        contexts.slots[index] = ContextTable.Slot()
      }
    } else {
      contexts.removeAll()
    }
    if s.pointee.eventMask.contains(.tlb) { record(.tlbFlush) }
    updateContexts()
  }
}
