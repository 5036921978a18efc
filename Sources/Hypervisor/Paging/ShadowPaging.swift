import RISCV

/// The shadow tables of one virtual machine: guest-virtual to host-physical, filled on demand from the virtual harts' own walks.
///
/// Two policies. *Traced*: a page table of the guest's that a walk came through is write-protected, its shadow is kept while
/// other roots are in use, and a store to it drops what depended on it. *Virtual TLB*: nothing is protected; fences and
/// changes of `satp` throw shadows away, as they do a TLB's entries.
///
/// Tables lie in frames of host RAM that never grow in number: when none is left, all shadows go.
final class ShadowPaging {
  let host: HostMachine
  let policy: Technique.Policy
  let keepsUserBit: Bool
  private(set) var roots: [RootKey: ShadowTable] = [:]
  /// In order of creation, so that nothing that is simulated depends on a dictionary's order.
  private(set) var rootList: [ShadowTable] = []
  private var tables: [TableKey: ShadowTable] = [:]
  /// By frame of the pool, for pointers in entries.
  private(set) var byFrame: [ShadowTable?]
  /// Tables of the guest's by their page, in order of creation.
  private(set) var traced: [UInt64: [ShadowTable]] = [:]
  /// For each page of the guest's memory, host addresses of the shadow leaves that map it.
  private(set) var leaves: [[UInt64]]
  private(set) var protections: [[UInt64]: Int] = [:]
  private var lastProtection: [(epoch: UInt64, number: Int)]
  private var lastASID: UInt64 = 0
  /// The roots used last, so that finding one costs a comparison.
  private var recent: [(regime: TranslationRegime, protection: Int, satp: UInt64)] = []
  /// The service, by its number, in which all that the TLBs hold was flushed last.
  private var lastFullFlush: UInt64?
  /// Whose exit is being served: costs and events are its.
  private unowned var cpu: VirtualCPU!

  struct RootKey: Hashable {
    var role: ShadowRole
    var root: UInt64
    /// Of a guest hypervisor's guest.
    var guestStage: UInt64
  }
  private struct TableKey: Hashable {
    var guestTable: UInt64
    var level: Int
    var role: ShadowRole
  }

  init(host: HostMachine, policy: Technique.Policy, keepsUserBit: Bool = false) {
    self.host = host
    self.policy = policy
    self.keepsUserBit = keepsUserBit
    byFrame = Array(repeating: nil, count: host.pool.count)
    leaves = Array(repeating: [], count: Int(host.guestMemory.size >> 12))
    lastProtection = Array(repeating: (.max, 0), count: host.harts.count)
    host.guestMemory.whenTracedPageIsStored { [unowned self] address, count in stored(address, count) }
  }

  // MARK: Roots

  /// The value of `satp` under which the physical hart runs the guest's present context.
  func root(for cpu: VirtualCPU) -> UInt64 {
    self.cpu = cpu
    let regime = cpu.hart.translationRegime
    let protection = protection(cpu.hart)
    if let known = recent.first(where: { $0.regime == regime && $0.protection == protection }) { return known.satp }
    let table = root(regime, cpu.hart)
    let scheme = regime.addressTranslation >> 60 == 0 ? PagingScheme.sv39.rawValue : regime.addressTranslation >> 60
    let satp = scheme << 60 | (table.asid & 0xffff) << 44 | table.frame >> 12
    if recent.count == 4 { recent.removeLast() }
    recent.insert((regime, protection, satp), at: 0)
    return satp
  }

  private func root(_ regime: TranslationRegime, _ hart: Hart) -> ShadowRoot {
    let key = RootKey(
      role: role(regime, hart), root: regime.addressTranslation & 0xfff_ffff_ffff, guestStage: regime.guestTranslation)
    if let root = roots[key] { return root as! ShadowRoot }
    let levels = regime.addressTranslation == 0 ? 3 : PagingScheme(rawValue: regime.addressTranslation >> 60)!.levels
    lastASID += 1
    let frame = allocate()
    let follows = isFollowing(regime) ? key.root << 12 : nil
    let root = ShadowRoot(
      frame: frame, level: levels - 1, role: key.role, guestTable: follows, isSplinter: false, asid: lastASID)
    enter(root)
    roots[key] = root
    rootList.append(root)
    return root
  }

  /// Shadows of these regimes follow the guest's tables page by page.
  private func isFollowing(_ regime: TranslationRegime) -> Bool {
    policy == .traced && regime.addressTranslation != 0 && regime.guestTranslation == 0
  }

  private func role(_ regime: TranslationRegime, _ hart: Hart) -> ShadowRole {
    role(regime, protection: protection(hart))
  }
  /// What entries for a regime depend on; `protection` is the number of the state of PMP.
  func role(_ regime: TranslationRegime, protection: Int) -> ShadowRole {
    var general = regime
    general.addressTranslation &= 15 << 60
    general.guestTranslation = 0
    if keepsUserBit && regime.addressTranslation != 0 {
      // The hart applies SUM, MXR and the mode itself.
      general.mode = regime.mode.isVirtual ? .virtualSupervisor : .supervisor
      general.allowsUserPages = false
      general.readsExecutable = false
    }
    return ShadowRole(regime: general, protection: protection, keepsUserBit: keepsUserBit)
  }

  /// A number for the present state of PMP: equal states have equal numbers.
  private func protection(_ hart: Hart) -> Int {
    let last = lastProtection[hart.index]
    if last.epoch == hart.protectionEpoch { return last.number }
    let registers = hart.protectionRegisters
    if protections.count >= Self.mostProtections {
      dropEverything()
      protections = [:]
      lastProtection = Array(repeating: (.max, 0), count: lastProtection.count)
    }
    let number = protections[registers] ?? protections.count
    protections[registers] = number
    lastProtection[hart.index] = (hart.protectionEpoch, number)
    return number
  }

  /// States of PMP that are told apart before all are forgotten.
  private static let mostProtections = 256

  // MARK: Faults

  /// The physical hart found no entry, or too little right, for an access.
  func fault(_ cpu: VirtualCPU, _ address: UInt64, _ kind: AccessKind) -> FillOutcome {
    self.cpu = cpu
    let hart = cpu.hart
    let translation: GuestTranslation
    var references = 0
    let walk = hart.translate(address, kind, references: &references)
    cpu.ledger.charge(.monitor, .walkReference, UInt64(references))
    switch walk {
    case .failure(let trap):
      let isPageFault = [.instructionPageFault, .loadPageFault, .storePageFault].contains(trap.cause)
      note(isPageFault ? .true : nil, address)
      return .emulate(isPageFault ? .trueFault : .protection)
    case .success(let found): translation = found
    }
    guard host.guestMemory.contains(translation.page, count: 4096) else { return .emulate(.device) }
    // W without R cannot stand in an entry; what PMP splits has no rights as a whole.
    guard let rights = translation.effectiveRights, rights & kind.rightBit != 0, rights & 3 != 2 else {
      return .emulate(.protection)
    }
    if kind == .store && traced[translation.page] != nil {
      note(.traced, address)
      return .emulate(.tracedStore)
    }
    guard let isUpgrade = install(translation, rights, at: address & ~0xfff, hart) else { return .emulate(.unusual) }
    note(isUpgrade ? .dirty : .hidden, address)
    return .filled(isUpgrade ? .dirtyFault : .hiddenFault)
  }

  private func note(_ kind: FaultClass?, _ address: UInt64) {
    guard let kind else { return }
    cpu.faults.note(kind)
    cpu.hart.report(.fault(kind, address: address), if: .fault)
  }

  /// Makes the leaf for a page. Whether there was one with less rights; nil where it is there already, as it should be.
  private func install(
    _ translation: GuestTranslation, _ rights: UInt8, at page: UInt64, _ hart: Hart
  ) -> Bool? {
    let regime = hart.translationRegime
    var table: ShadowTable = root(regime, hart)
    let top = table.level
    // A guest that does not translate, or by its second stage alone, reaches addresses that the shadow has no room for: their
    // places would be those of other addresses.
    guard table.covers(page) else { return nil }
    while table.level > 0 {
      table.storesSinceUse = 0
      let index = table.index(of: page)
      let entry = host.memory.tableEntry(at: table.address(index))
      if entry != 0, let next = byFrame[frameNumber(ShadowEntry.target(entry))] {
        table = next
        continue
      }
      // The entry of the guest that stands at the next level down lies in the next table.
      let depth = top - table.level + 1
      let isSplinter = table.level <= translation.level && regime.addressTranslation != 0
      let guestTable = isFollowing(regime) && !isSplinter ? translation.tables[depth] & ~0xfff : nil
      guard let next = child(of: table, index, guestTable, isSplinter) else {
        // All frames were given out, and all shadows have gone: from the root again.
        table = root(regime, hart)
        continue
      }
      table = next
    }
    table.storesSinceUse = 0
    let place = table.address(table.index(of: page))
    let hostPage = translation.page &+ host.guestShift
    var bits = UInt64(rights) << 1 & 0xe
    if keepsUserBit && regime.addressTranslation != 0 {
      // R W X as they stand in the guest's entry, less what PMP denies; W only once D is set.
      bits = UInt64(translation.entry) & 0xe & UInt64(translation.protection ?? 0) << 1
      if translation.entry & 128 == 0 { bits &= ~ShadowEntry.write }
      bits |= UInt64(translation.entry) & ShadowEntry.user
    } else {
      bits |= !keepsUserBit || hart.privilege.level != 1 ? ShadowEntry.user : 0
    }
    if traced[translation.page] != nil { bits &= ~ShadowEntry.write }
    let entry =
      hostPage >> 2 | bits | ShadowEntry.accessedDirty | ShadowEntry.valid
      | UInt64(min(translation.level, 3)) << ShadowEntry.levelShift
    let old = host.memory.tableEntry(at: place)
    if old == entry { return nil }
    if old != 0 { forgetLeaf(old, place) }
    host.memory.storeTableEntry(entry, at: place)
    leaves[guestFrame(hostPage)].append(place)
    cpu.ledger.charge(.monitor, .writeTable)
    hart.report(.shadow(.fill, address: page, physical: hostPage), if: .shadow)
    guard old != 0 else { return false }
    flush(page)
    return true
  }

  /// The table that an entry is to point to: one that follows the guest's table already, or a new one. Nil when no frame was
  /// left, so that all tables are gone.
  private func child(
    of table: ShadowTable, _ index: Int, _ guestTable: UInt64?, _ isSplinter: Bool
  ) -> ShadowTable? {
    let level = table.level - 1
    let next: ShadowTable
    if let guestTable, let known = tables[TableKey(guestTable: guestTable, level: level, role: table.role)] {
      next = known
    } else {
      guard let frame = host.pool.allocate() else {
        dropEverything()
        return nil
      }
      cpu.ledger.charge(.monitor, .allocateFrame)
      next = ShadowTable(
        frame: frame, level: level, role: table.role, guestTable: guestTable, isSplinter: isSplinter)
      enter(next)
    }
    next.parents.append((table, index))
    host.memory.storeTableEntry(ShadowEntry.pointer(to: next.frame), at: table.address(index))
    cpu.ledger.charge(.monitor, .writeTable)
    return next
  }

  private func allocate() -> UInt64 {
    cpu.ledger.charge(.monitor, .allocateFrame)
    if let frame = host.pool.allocate() { return frame }
    dropEverything()
    // SAFETY: the pool is not empty when nothing is in use.
    return host.pool.allocate()!
  }

  private func enter(_ table: ShadowTable) {
    byFrame[frameNumber(table.frame)] = table
    guard let guestTable = table.guestTable else { return }
    if !(table is ShadowRoot) {
      tables[TableKey(guestTable: guestTable, level: table.level, role: table.role)] = table
    }
    // A root that lies outside the guest's memory is never stored to.
    guard host.guestMemory.contains(guestTable, count: 4096) else { return }
    if traced[guestTable] == nil {
      traced[guestTable] = []
      protect(guestTable)
      host.guestMemory.traceStores(toPage: guestTable, true)
    }
    traced[guestTable]!.append(table)
  }

  /// Takes W away from all that maps a page which turned out to be a page table.
  private func protect(_ guestPage: UInt64) {
    for place in leaves[guestFrame(guestPage &+ host.guestShift)] {
      let entry = host.memory.tableEntry(at: place)
      guard entry & ShadowEntry.write != 0 else { continue }
      host.memory.storeTableEntry(entry & ~ShadowEntry.write, at: place)
      cpu.ledger.charge(.monitor, .dropEntry)
      let address = virtualAddress(of: place)
      cpu.hart.report(.shadow(.protect, address: address ?? 0, physical: ShadowEntry.target(entry)), if: .shadow)
      flush(address)
    }
  }

  // MARK: What the guest changes

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

  private func dropGuestsRoots() { dropRoots { $0.role.regime.mode.isVirtual } }

  private func dropRoots(where isMeant: (ShadowTable) -> Bool) {
    guard rootList.contains(where: isMeant) else { return }
    for root in rootList where isMeant(root) { free(root) }
    rootList.removeAll(where: isMeant)
    roots = roots.filter { !isMeant($0.value) }
    recent = []
    flush(nil)
  }

  /// Drops what maps one address below a root: the leaf, or all that a large leaf was splintered into.
  private func drop(_ address: UInt64, from root: ShadowTable) {
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
  private func stored(_ address: UInt64, _ count: Int) {
    let page = address & ~0xfff
    guard cpu != nil, let followers = traced[page] else { return }
    let offset = Int(address & 0xfff)
    for table in followers {
      for index in (offset >> 3)...((offset + count - 1) >> 3) { dropEntry(table, index) }
      table.storesSinceUse += 1
    }
    // A page that is filled anew is no table of a tree in use: writing it entry by entry should not exit each time.
    if followers.allSatisfy({ $0.storesSinceUse > Self.storesBeforeRelease }) {
      for table in followers {
        if table is ShadowRoot { dropRoots { $0 === table } } else { free(table) }
      }
    }
  }

  /// Traced stores to a page, without a walk through it in between, after which it is not traced any more.
  static let storesBeforeRelease = 16

  /// Drops one entry and what hangs on it.
  private func dropEntry(_ table: ShadowTable, _ index: Int) {
    let place = table.address(index)
    let entry = host.memory.tableEntry(at: place)
    guard entry != 0 else { return }
    host.memory.storeTableEntry(0, at: place)
    cpu.ledger.charge(.monitor, .dropEntry)
    let address = virtualAddress(table, index)
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
  private func free(_ table: ShadowTable) {
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
        host.guestMemory.traceStores(toPage: guestTable, false)
      }
    }
    byFrame[frameNumber(table.frame)] = nil
    host.pool.release(table.frame)
    flush(nil)
  }

  /// Forgets all shadows.
  func dropEverything() {
    for table in byFrame.indices.compactMap({ byFrame[$0] }) {
      for index in 0..<512 { host.memory.storeTableEntry(0, at: table.address(index)) }
      host.pool.release(table.frame)
      byFrame[frameNumber(table.frame)] = nil
    }
    for page in traced.keys.sorted() { host.guestMemory.traceStores(toPage: page, false) }
    traced = [:]
    tables = [:]
    roots = [:]
    rootList = []
    recent = []
    for index in leaves.indices where !leaves[index].isEmpty { leaves[index] = [] }
    if cpu != nil { flush(nil) }
  }

  // MARK: Bookkeeping

  private func forgetLeaf(_ entry: UInt64, _ place: UInt64) {
    let frame = guestFrame(ShadowEntry.target(entry))
    if let index = leaves[frame].lastIndex(of: place) { leaves[frame].remove(at: index) }
  }

  private func guestFrame(_ hostPage: UInt64) -> Int {
    Int(hostPage &- host.guestShift &- host.guestMemory.base) >> 12
  }
  func frameNumber(_ frame: UInt64) -> Int { Int(truncatingIfNeeded: (frame &- host.pool.base) >> 12) }

  /// The one address that an entry maps; nil where its table stands in several places.
  private func virtualAddress(of place: UInt64) -> UInt64? {
    guard let table = byFrame[frameNumber(place & ~0xfff)] else { return nil }
    return virtualAddress(table, Int(place & 0xfff) >> 3)
  }

  private func virtualAddress(_ table: ShadowTable, _ index: Int) -> UInt64? {
    var table = table
    var address = UInt64(index) &* table.entrySize
    while let parent = table.parents.first {
      guard table.parents.count == 1 else { return nil }
      table = parent.table
      address &+= UInt64(parent.index) &* table.entrySize
    }
    guard table is ShadowRoot else { return nil }
    // Upper halves are sign-extended.
    let unused = UInt64(64 - 12 - 9 * (table.level + 1))
    return UInt64(bitPattern: Int64(bitPattern: address << unused) >> unused)
  }

  /// Has all physical harts forget what their TLBs hold of a page, or of everything.
  private func flush(_ address: UInt64?) {
    // A monitor fences everything once a service, however many tables went.
    let isDone = lastFullFlush == cpu.exits.count
    if address == nil { lastFullFlush = cpu.exits.count }
    if !isDone { cpu.ledger.charge(.hardware, .tlbFlush, UInt64(host.harts.count)) }
    for hart in host.harts {
      // Under VS the shadow stands in `vsatp`, and there is no G-stage.
      if keepsUserBit { hart.fenceGuestStageOne(vmid: 0, address: address) } else { hart.fenceHost(address: address) }
    }
  }
}

/// The top of a tree of shadow tables, with the ASID under which the physical hart knows it.
final class ShadowRoot: ShadowTable {
  let asid: UInt64

  init(frame: UInt64, level: Int, role: ShadowRole, guestTable: UInt64?, isSplinter: Bool, asid: UInt64) {
    self.asid = asid
    super.init(frame: frame, level: level, role: role, guestTable: guestTable, isSplinter: isSplinter)
  }
}

extension AccessKind {
  /// R W X in bits 0 to 2.
  package var rightBit: UInt8 {
    switch self {
    case .load: 1
    case .store: 2
    case .fetch: 4
    }
  }
}
