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
}
