/// Chains from one page of the guest's to another. Within a page what follows is always the same; where another page lies depends on the
/// address space. So the units of a page are chained beyond it for one space, the page's owner, and only while the shadow entry of
/// the target's page is there. A page that several spaces use in turn has no such chains: it asks the jump table.
struct FarChains {
  typealias Space = CacheContext.Space

  /// A page to which chains lead, from which stubs, and in which spaces.
  private struct Target {
    var stubs: [(unit: TranslatedUnit, index: Int)] = []
    var spaces: [Space] = []
  }
  private enum Owner {
    case space(Space, changes: Int)
    case nobody
  }

  /// By guest-physical page.
  private var owners: [UInt64: Owner] = [:]
  /// By guest-virtual page.
  private var chains: [UInt64: Target] = [:]
  /// Shadow entries of some pages may have gone.
  var isDoubtful = false

  /// How often a page may change its owner.
  private static let mostChanges = 4

  /// Units of a page are to run in an address space. True where the page had another owner: no other space may go on there, and no
  /// chain leads into the page or out of it any more.
  mutating func claim(_ page: UInt64, for space: Space, _ cache: CodeCache) -> Bool {
    guard let owner = owners[page] else {
      owners[page] = .space(space, changes: 0)
      return false
    }
    guard case .space(let former, let changes) = owner, former != space else { return false }
    owners[page] = changes < Self.mostChanges ? .space(space, changes: changes + 1) : .nobody
    for unit in cache.units(inPage: page) { cache.unchain(unit) }
    return true
  }

  /// Chains of a page may be made for an address space.
  func isOwned(_ page: UInt64, by space: Space) -> Bool {
    if case .space(let owner, _) = owners[page] { owner == space } else { false }
  }

  /// A chain was made to an address in another page.
  mutating func note(_ unit: TranslatedUnit, _ stub: Int, to target: UInt64, _ space: Space) {
    chains[target & ~0xfff, default: Target()].stubs.append((unit, stub))
    if !chains[target & ~0xfff]!.spaces.contains(space) { chains[target & ~0xfff]!.spaces.append(space) }
  }

  /// Shadow entries of some addresses went: no chain leads there. False where none did.
  mutating func sever(_ addresses: ClosedRange<UInt64>, _ cache: CodeCache) -> Bool {
    if addresses.upperBound &- addresses.lowerBound < 4096 { return sever(addresses.lowerBound, cache) }
    let pages = chains.keys.filter(addresses.contains)
    for page in pages { _ = sever(page, cache) }
    return !pages.isEmpty
  }

  private mutating func sever(_ page: UInt64, _ cache: CodeCache) -> Bool {
    guard let target = chains.removeValue(forKey: page) else { return false }
    for (unit, stub) in target.stubs { cache.unchain(unit, stub) }
    return true
  }

  /// Severs the chains to pages that have no shadow entry any more.
  mutating func check(_ cache: CodeCache, isAnchored: (UInt64, Space) -> Bool) {
    isDoubtful = false
    let gone = chains.filter { page, target in !target.spaces.allSatisfy { isAnchored(page, $0) } }.keys
    for page in gone { _ = sever(page, cache) }
  }

  /// All units are gone.
  mutating func removeAll() { self = FarChains() }
}
