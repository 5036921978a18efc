import RISCV

// What the guest does that makes shadows untrue: fences, changes of registers, and stores to tables that are traced.
extension ShadowPaging {
  /// A step of the virtual hart fenced, or changed what translation depends on.
  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence
  ) {
    self.cpu = cpu
    // What two stages made is thrown away by any fence and any change of the registers: it follows no tables.
    if before.vsatp != after.vsatp || before.hgatp != after.hgatp || before.fences != after.fences { dropGuestsRoots() }
    guard policy == .virtualTLB else { return }
    if before.satp != after.satp {
      dropRoots { $0.role.regime.addressTranslation != 0 }
    } else if before.fences != after.fences {
      guard fence.isFirstStage, let address = fence.address else {
        dropRoots { $0.role.regime.addressTranslation != 0 }
        return
      }
      for root in rootList where root.role.regime.addressTranslation != 0 { drop(address, from: root) }
    }
  }

  func dropGuestsRoots() { dropRoots { $0.role.regime.mode.isVirtual } }

  func dropRoots(where isMeant: (ShadowTable) -> Bool) {
    guard rootList.contains(where: isMeant) else { return }
    for root in rootList where isMeant(root) { free(root) }
    rootList.removeAll(where: isMeant)
    roots = roots.filter { !isMeant($0.value) }
    recent = []
    flush(nil)
    whenUnmapped?(nil)
  }

  /// Drops what maps one address below a root: the leaf, or all that a large leaf was splintered into.
  func drop(_ address: UInt64, from root: ShadowTable) {
    var table = root
    while true {
      let index = table.index(of: address)
      let entry = host.memory.tableEntry(at: table.address(index))
      if entry == 0 { return }
      guard !ShadowEntry.isLeaf(entry), let next = byFrame[frameNumber(ShadowEntry.target(entry))], !next.isSplinter
      else {
        dropEntry(table, index)
        return
      }
      table = next
    }
  }

  /// The guest stored to a page of its tables.
  func stored(_ address: UInt64, _ count: Int) {
    let page = address & ~0xfff
    tracedStores &+= 1
    if codePages.contains(page) { whenCodeIsStored?(address, count) }
    guard cpu != nil, !isWalking, let followers = traced[page] else { return }
    let offset = Int(address & 0xfff)
    for table in followers {
      for index in (offset >> 3)...((offset + count - 1) >> 3) {
        dropEntry(table, index)
        table.storedSinceUse.insert(index)
      }
    }
    // A page that is filled anew is no table of a tree in use: writing it entry by entry should not exit each time.
    if followers.allSatisfy({ $0.storedSinceUse.count > Self.storesBeforeRelease }) {
      for table in followers {
        if table is ShadowRoot { dropRoots { $0 === table } } else { free(table) }
      }
    }
  }

  /// A page of the guest's memory goes: entries that map it are dropped, and shadows of what it held as a page table.
  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64) {
    self.cpu = cpu
    for table in traced[page] ?? [] {
      if table is ShadowRoot { dropRoots { $0 === table } } else { free(table) }
    }
    let places = leaves[pageNumber(page)]
    for place in places {
      guard let table = byFrame[frameNumber(place & ~0xfff)] else { continue }
      dropEntry(table, Int(place & 0xfff) >> 3)
    }
  }

  /// Entries of a traced page that were stored to, without a walk through it in between, after which it is not traced any
  /// more. One entry that is changed again and again is a page table at work.
  static let storesBeforeRelease = 16

  /// Drops one entry and what hangs on it.
  func dropEntry(_ table: ShadowTable, _ index: Int) {
    let place = table.address(index)
    let entry = host.memory.tableEntry(at: place)
    guard entry != 0, !isReserved(table, index) else { return }
    host.memory.storeTableEntry(0, at: place)
    cpu.ledger.charge(.monitor, .dropEntry)
    let address = virtualAddress(table, index)
    whenUnmapped?(ranges(table, index))
    cpu.hart.report(.shadow(.drop, address: address ?? 0, physical: ShadowEntry.target(entry)), if: .shadow)
    if ShadowEntry.isLeaf(entry) {
      forgetLeaf(entry, place)
      flush(address)
    } else if let next = byFrame[frameNumber(ShadowEntry.target(entry))] {
      next.parents.removeAll { $0.table === table && $0.index == index }
      if next.parents.isEmpty && next.guestTable == nil { free(next) }
      flush(nil)
    }
  }

  /// Frees a table and what only it points to.
  func free(_ table: ShadowTable) {
    let gone = whenUnmapped == nil || table is ShadowRoot ? nil : ranges(table)
    for index in 0..<512 {
      let place = table.address(index)
      let entry = host.memory.tableEntry(at: place)
      guard entry != 0 else { continue }
      host.memory.storeTableEntry(0, at: place)
      if ShadowEntry.isLeaf(entry) {
        forgetLeaf(entry, place)
      } else if let next = byFrame[frameNumber(ShadowEntry.target(entry))] {
        next.parents.removeAll { $0.table === table && $0.index == index }
        if next.parents.isEmpty && next.guestTable == nil { free(next) }
      }
    }
    for (parent, index) in table.parents { host.memory.storeTableEntry(0, at: parent.address(index)) }
    if let guestTable = table.guestTable {
      tables[TableKey(guestTable: guestTable, level: table.level, role: table.role)] = nil
      traced[guestTable]?.removeAll { $0 === table }
      if traced[guestTable]?.isEmpty ?? false {
        traced[guestTable] = nil
        if !codePages.contains(guestTable) { host.guestMemory.traceStores(toPage: guestTable, false) }
      }
    }
    byFrame[frameNumber(table.frame)] = nil
    host.pool.release(table.frame)
    flush(nil)
    whenUnmapped?(gone)
  }

  /// Forgets all shadows.
  func dropEverything() {
    for table in byFrame.indices.compactMap({ byFrame[$0] }) {
      for index in 0..<512 { host.memory.storeTableEntry(0, at: table.address(index)) }
      host.pool.release(table.frame)
      byFrame[frameNumber(table.frame)] = nil
    }
    for page in traced.keys.sorted() where !codePages.contains(page) {
      host.guestMemory.traceStores(toPage: page, false)
    }
    traced = [:]
    tables = [:]
    roots = [:]
    rootList = []
    recent = []
    for index in leaves.indices where !leaves[index].isEmpty { leaves[index] = [] }
    whenUnmapped?(nil)
    if cpu != nil { flush(nil) }
  }
}
