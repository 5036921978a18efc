import RISCV

// What binary translation asks of the shadows: room for its cache, traces of the code that it has translated, and the guest's walks
// for fetches, which no physical hart does for it.
extension ShadowPaging {
  func isReserved(_ table: ShadowTable, _ index: Int) -> Bool {
    index == Self.reservedIndex && table is ShadowRoot && table.role.regime.mode.level != 0
      && reserved[table.level] != nil
  }

  /// Stores to a page exit: it holds a page table that is followed, or code of which there is a translation.
  func isTraced(_ page: UInt64) -> Bool { traced[page] != nil || codePages.contains(page) }

  /// A page holds code that was translated, or none any more.
  func setHoldsCode(_ cpu: VirtualCPU, _ page: UInt64, _ holdsCode: Bool) {
    self.cpu = cpu
    let wasTraced = isTraced(page)
    if holdsCode { codePages.insert(page) } else { codePages.remove(page) }
    guard isTraced(page) != wasTraced else { return }
    if holdsCode { protect(page) }
    host.guestMemory.traceStores(toPage: page, holdsCode)
  }

  /// The guest's own walk for a fetch.
  func walkFetch(_ cpu: VirtualCPU, _ address: UInt64) -> Result<GuestTranslation, Trap> {
    self.cpu = cpu
    var references = 0
    isWalking = true
    defer { isWalking = false }
    let result = cpu.hart.translate(address, .fetch, references: &references)
    cpu.ledger.charge(.monitor, .walkReference, UInt64(references))
    if case .failure(let trap) = result, trap.cause.isPageFault { note(.true, address) }
    return result
  }

  /// Makes the entry for a page from which the guest fetches, so that what makes that untrue drops it. False where there is no room
  /// for it.
  func anchor(_ cpu: VirtualCPU, _ page: UInt64, _ translation: GuestTranslation, _ rights: UInt8) -> Bool {
    let regime = cpu.hart.translationRegime
    guard regime.isPaged else { return true }
    // An entry can store only what it can load.
    guard rights & 3 != 2 else { return false }
    let found = FoundPage(page: translation.page, rights: rights, cause: .fetch, translation: translation)
    return install(found, at: page, cpu.hart) != nil || isAnchored(page, regime, protection(cpu.hart))
  }

  /// Whether an entry maps a page, in a shadow of a regime as fetches see it.
  func isAnchored(_ page: UInt64, _ regime: TranslationRegime, _ protection: Int) -> Bool {
    guard regime.isPaged else { return true }
    let role = role(regime.forFetches, protection: protection)
    let number = regime.addressTranslation & 0xfff_ffff_ffff
    return roots.contains { key, root in
      key.root == number && key.guestStage == regime.guestTranslation && key.role.protection == role.protection
        && key.role.regime.forFetches == role.regime && maps(page, root)
    }
  }

  private func maps(_ page: UInt64, _ root: ShadowTable) -> Bool {
    var table = root
    guard table.covers(page), !isReserved(table, table.index(of: page)) else { return false }
    while true {
      let entry = host.memory.tableEntry(at: table.address(table.index(of: page)))
      if entry == 0 || ShadowEntry.isLeaf(entry) { return entry != 0 }
      guard let next = byFrame[frameNumber(ShadowEntry.target(entry))] else { return false }
      table = next
    }
  }
}
