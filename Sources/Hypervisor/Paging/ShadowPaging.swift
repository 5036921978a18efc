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
  @exclusivity(unchecked) var roots: [RootKey: ShadowTable] = [:]
  /// In order of creation, so that nothing that is simulated depends on a dictionary's order.
  var rootList: [ShadowTable] = []
  @exclusivity(unchecked) var tables: [TableKey: ShadowTable] = [:]
  /// By frame of the pool, for pointers in entries.
  @exclusivity(unchecked) var byFrame: [ShadowTable?]
  /// Tables of the guest's by their page, in order of creation.
  @exclusivity(unchecked) var traced: [UInt64: [ShadowTable]] = [:]
  /// Stores so far to pages that are traced, for their tables or for their code, by whatever did not go through a shadow.
  @exclusivity(unchecked) var tracedStores: UInt64 = 0
  /// For each page of the guest's memory, host addresses of the shadow leaves that map it.
  @exclusivity(unchecked) var leaves: [[UInt64]]
  var protections: [[UInt64]: Int] = [:]
  /// Numbers of states of PMP that were given out: none is given out twice.
  var protectionCount = 0
  @exclusivity(unchecked) var lastProtection: [(epoch: UInt64, number: Int)]
  var lastASID: UInt64 = 0
  /// The roots used last, that of the last call first, so that finding one costs a comparison.
  @exclusivity(unchecked) var recent: [(regime: TranslationRegime, protection: Int, root: ShadowRoot)] = []
  /// The service, by its number, in which all that the TLBs hold was flushed last.
  @exclusivity(unchecked) var lastFullFlush: UInt64?
  /// The monitor's own walk is under way: what it stores into the guest's tables makes no shadow untrue.
  @exclusivity(unchecked) var isWalking = false
  /// Pages of the guest's that hold code of which there is a translation: no store to them goes unnoticed.
  @exclusivity(unchecked) var codePages: Set<UInt64> = []
  /// Called before a store to one of them that no page table stops.
  @exclusivity(unchecked) var whenCodeIsStored: ((_ address: UInt64, _ count: Int) -> Void)?
  /// Called when entries went, with the addresses that they mapped; nil for any.
  @exclusivity(unchecked) var whenUnmapped: ((_ addresses: [ClosedRange<UInt64>]?) -> Void)?
  /// For roots of privileged modes whose entries have this level, what their entry of number ``reservedIndex`` is: the translated code's.
  var reserved: [Int: UInt64] = [:]
  static let reservedIndex = 256
  /// What the last fill came to.
  @exclusivity(unchecked) var lastFill: FilledEntry?
  /// Whose exit is being served: costs and events are its.
  @exclusivity(unchecked) unowned var cpu: VirtualCPU!

  struct RootKey: Hashable {
    var role: ShadowRole
    var root: UInt64
    /// Of a guest hypervisor's guest.
    var guestStage: UInt64
  }
  struct TableKey: Hashable {
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
    return root(cpu.hart.translationRegime, cpu.hart).satp
  }

  func root(_ regime: TranslationRegime, _ hart: Hart) -> ShadowRoot {
    let protection = protection(hart)
    for index in recent.indices where recent[index].regime == regime && recent[index].protection == protection {
      if index != 0 { recent.swapAt(0, index) }
      return recent[0].root
    }
    let root = findRoot(regime, hart)
    if recent.count == 4 { recent.removeLast() }
    recent.insert((regime, protection, root), at: 0)
    return root
  }

  private func findRoot(_ regime: TranslationRegime, _ hart: Hart) -> ShadowRoot {
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
    if let entry = reserved[root.level], regime.mode.level != 0 {
      host.memory.storeTableEntry(entry, at: root.address(Self.reservedIndex))
    }
    roots[key] = root
    rootList.append(root)
    return root
  }

  /// Shadows of these regimes follow the guest's tables page by page.
  func isFollowing(_ regime: TranslationRegime) -> Bool {
    policy == .traced && regime.addressTranslation != 0 && regime.guestTranslation == 0
  }

  func role(_ regime: TranslationRegime, _ hart: Hart) -> ShadowRole {
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
  func protection(_ hart: Hart) -> Int {
    let last = lastProtection[hart.index]
    if last.epoch == hart.protectionEpoch { return last.number }
    let registers = hart.protectionRegisters
    if protections.count >= Self.mostProtections {
      dropEverything()
      protections = [:]
      lastProtection = Array(repeating: (.max, 0), count: lastProtection.count)
    }
    let number = protections[registers] ?? protectionCount
    if protections.updateValue(number, forKey: registers) == nil { protectionCount += 1 }
    lastProtection[hart.index] = (hart.protectionEpoch, number)
    return number
  }

  /// States of PMP that are told apart before all are forgotten.
  static let mostProtections = 256

  // MARK: Faults

  /// The physical hart found no entry, or too little right, for an access: the guest's own tables say what it is to the guest.
  func walk(_ cpu: VirtualCPU, _ address: UInt64, _ kind: AccessKind) -> WalkOutcome {
    self.cpu = cpu
    let hart = cpu.hart
    let translation: GuestTranslation
    var references = 0
    isWalking = true
    let walk = hart.translate(address, kind, references: &references)
    isWalking = false
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
    if kind == .store && isTraced(translation.page) {
      note(.traced, address)
      return .emulate(.tracedStore)
    }
    return .found(FoundPage(page: translation.page, rights: rights, cause: FirstTouch(kind), translation: translation))
  }

  /// Makes the entry for a page that the guest's tables have.
  func fill(_ cpu: VirtualCPU, _ address: UInt64, _ found: FoundPage) -> ExitReason? {
    self.cpu = cpu
    guard let isUpgrade = install(found, at: address & ~0xfff, cpu.hart) else { return nil }
    note(isUpgrade ? .dirty : .hidden, address)
    return isUpgrade ? .dirtyFault : .hiddenFault
  }

  func note(_ kind: FaultClass?, _ address: UInt64) {
    guard let kind else { return }
    cpu.faults.note(kind)
    cpu.hart.report(.fault(kind, address: address), if: .fault)
  }

  /// Makes the leaf for a page. Whether there was one with less rights; nil where it is there already, as it should be.
  func install(_ found: FoundPage, at page: UInt64, _ hart: Hart) -> Bool? {
    let (translation, rights) = (found.translation!, found.rights)
    let regime = hart.translationRegime
    var table: ShadowTable = root(regime, hart)
    let top = table.level
    // A guest that does not translate, or by its second stage alone, reaches addresses that the shadow has no room for: their
    // places would be those of other addresses.
    guard table.covers(page), !isReserved(table, table.index(of: page)) else { return nil }
    while table.level > 0 {
      if !table.storedSinceUse.isEmpty { table.storedSinceUse = [] }
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
    if !table.storedSinceUse.isEmpty { table.storedSinceUse = [] }
    let place = table.address(table.index(of: page))
    let hostPage = host.frames.frame(for: translation.page, found.cause)
    var bits = UInt64(rights) << 1 & 0xe
    if keepsUserBit && regime.addressTranslation != 0 {
      // R W X as they stand in the guest's entry, less what PMP denies; W only once D is set.
      bits = UInt64(translation.entry) & 0xe & UInt64(translation.protection ?? 0) << 1
      if translation.entry & 128 == 0 { bits &= ~ShadowEntry.write }
      bits |= UInt64(translation.entry) & ShadowEntry.user
    } else {
      bits |= !keepsUserBit || hart.privilege.level != 1 ? ShadowEntry.user : 0
    }
    if isTraced(translation.page) { bits &= ~ShadowEntry.write }
    let entry =
      hostPage >> 2 | bits | ShadowEntry.accessedDirty | ShadowEntry.valid
      | UInt64(min(translation.level, 3)) << ShadowEntry.levelShift
    let old = host.memory.tableEntry(at: place)
    if old == entry { return nil }
    if old != 0 { forgetLeaf(old, place) }
    host.memory.storeTableEntry(entry, at: place)
    lastFill = FilledEntry(
      page: page, translation, shadow: .init(address: place, before: old, after: entry))
    leaves[pageNumber(translation.page)].append(place)
    cpu.ledger.charge(.monitor, .writeTable)
    hart.report(.shadow(.fill, address: page, physical: hostPage), if: .shadow)
    guard old != 0 else { return false }
    flush(page)
    whenUnmapped?([page...page | 0xfff])
    return true
  }

  /// The table that an entry is to point to: one that follows the guest's table already, or a new one. Nil when no frame was
  /// left, so that all tables are gone.
  func child(
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

  func allocate() -> UInt64 {
    cpu.ledger.charge(.monitor, .allocateFrame)
    if let frame = host.pool.allocate() { return frame }
    dropEverything()
    // SAFETY: the pool is not empty when nothing is in use.
    return host.pool.allocate()!
  }

  func enter(_ table: ShadowTable) {
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
  func protect(_ guestPage: UInt64) {
    for place in leaves[pageNumber(guestPage)] {
      let entry = host.memory.tableEntry(at: place)
      guard entry & ShadowEntry.write != 0 else { continue }
      host.memory.storeTableEntry(entry & ~ShadowEntry.write, at: place)
      cpu.ledger.charge(.monitor, .dropEntry)
      let address = virtualAddress(of: place)
      cpu.hart.report(.shadow(.protect, address: address ?? 0, physical: ShadowEntry.target(entry)), if: .shadow)
      flush(address)
    }
  }

  // MARK: Bookkeeping

  func forgetLeaf(_ entry: UInt64, _ place: UInt64) {
    guard let page = host.frames.guestAddress(of: ShadowEntry.target(entry)) else { return }
    let number = pageNumber(page.value)
    if let index = leaves[number].lastIndex(of: place) { leaves[number].remove(at: index) }
  }

  /// The number of a page of the guest's memory.
  func pageNumber(_ page: UInt64) -> Int { Int(page &- host.guestMemory.base) >> 12 }
  func frameNumber(_ frame: UInt64) -> Int { Int(truncatingIfNeeded: (frame &- host.pool.base) >> 12) }

  /// Has all physical harts forget what their TLBs hold of a page, or of everything.
  func flush(_ address: UInt64?) {
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

extension FirstTouch {
  init(_ kind: AccessKind) {
    switch kind {
    case .load: self = .load
    case .store: self = .store
    case .fetch: self = .fetch
    }
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
