/// Two sets of tables of the second stage: guest-physical memory where physical memory is, the harness with all rights, code and
/// data with random ones, and both once more at `Place.alias` above.
package struct GuestTables: Sendable {
  /// Leaf tables in the order they lie in memory: identity and alias of the first set, then of the second.
  package var leaves: [[UInt64]]
  /// All pages above the leaves, as they lie in memory: per set the roots of Sv39x4, Sv48x4 and Sv57x4 and four more.
  package var upper: [UInt64]

  private static let pagesPerSet = 16
  private static let page = 512

  static func leafAddress(set: Int, isAlias: Bool) -> UInt64 {
    Place.guestLeafTables + UInt64(2 * set + (isAlias ? 1 : 0)) * 0x1000
  }
  private static func upperAddress(set: Int, page: Int) -> UInt64 {
    Place.guestTables + UInt64(pagesPerSet * set + page) * 0x1000
  }

  /// A value for `hgatp`: the set's root under a scheme, with a VMID of its own.
  static func hgatp(set: Int, scheme: UInt64) -> UInt64 {
    scheme << 60 | (UInt64(set) * 3 + scheme - 7) << 44 | upperAddress(set: set, page: 4 * Int(scheme - 8)) >> 12
  }

  /// Every value of `hgatp` that programs have.
  static let all: [UInt64] =
    [0] + (8..<11 as Range<UInt64>).flatMap { [hgatp(set: 0, scheme: $0), hgatp(set: 1, scheme: $0)] }

  init(using random: inout SeededGenerator, for reference: Reference) {
    leaves = []
    upper = [UInt64](repeating: 0, count: 2 * Self.pagesPerSet * Self.page)
    for set in 0..<2 {
      let rights = PageRights(isTame: random.once(in: 3))
      var identity = [UInt64](repeating: 0, count: Self.page)
      var alias = identity
      for page in 0..<UInt64(0x70) {
        let address = Place.base + page << 12
        let isProgram = (0x40..<0x44).contains(page) || (0x64..<0x68).contains(page)
        identity[Int(page)] =
          PageTables.page(address, isProgram ? rights.drawGuest(&random) : PageTables.all | PageTables.user)
        if isProgram { alias[Int(page)] = PageTables.page(address, rights.drawGuest(&random)) }
      }
      // The guest's own tables of the alias: where they cannot be read or written, walks fail.
      if set == 1 && !reference.needs(.guestTableWrites) {
        for table in [0x69, 0x6b] where random.once(in: 2) {
          identity[table] = PageTables.page(Place.base + UInt64(table) << 12, rights.drawGuest(&random))
        }
      }
      for page in 0..<32 {
        alias[page] = PageTables.page(Place.data + random.bits() % Place.dataPages << 12, rights.drawGuest(&random))
      }
      leaves += [identity, alias]

      func put(_ entry: UInt64, page: Int, _ index: Int) {
        upper[(Self.pagesPerSet * set + page) * Self.page + index] = entry
      }
      func pointer(toPage page: Int) -> UInt64 { PageTables.pointer(Self.upperAddress(set: set, page: page)) }
      let (megapages, others, gigapages, higher) = (12, 13, 14, 15)
      put(PageTables.pointer(Self.leafAddress(set: set, isAlias: false)), page: megapages, 0)
      put(PageTables.page(Place.far, rights.drawGuest(&random)), page: megapages, 1)
      put(PageTables.pointer(Self.leafAddress(set: set, isAlias: true)), page: others, 0)
      for entry in 1..<4 {
        var value = PageTables.page(Place.far + (random.once(in: 6) ? 0x1000 : 0), rights.drawGuest(&random))
        if random.once(in: 8) {
          value |= 1 << random.pick(reference.needs(.reservedEntryBits) ? [61, 63] : [54, 60, 61, 63] as [UInt64])
        }
        put(value, page: others, entry)
      }
      let far = PageTables.page(
        random.pick([0x8000_0000, 0xc000_0000, 0x8020_0000]), rights.drawGuest(&random) & ~4 | 2)
      for page in [0, gigapages] {
        put(pointer(toPage: megapages), page: page, 2)
        put(pointer(toPage: others), page: page, 3)
        put(far, page: page, 4)
      }
      // Above what 39 bits reach.
      put(pointer(toPage: others), page: 0, 512)
      put(pointer(toPage: others), page: gigapages, 0)
      for entry in 0..<2 { put(pointer(toPage: gigapages), page: 4, entry) }
      put(pointer(toPage: gigapages), page: higher, 0)
      put(pointer(toPage: gigapages), page: higher, 1)
      put(pointer(toPage: higher), page: 8, 0)
    }
  }
}

/// How likely which rights of a page are.
struct PageRights {
  var isTame: Bool

  func draw(_ random: inout SeededGenerator) -> UInt64 {
    var flags = random.bits() & 0xdf
    if isTame || random.once(in: 2) { flags |= random.pick([0xcf, 0xdf, 0x0f, 0x1f, 0xc7, 0xd7]) }
    if !random.once(in: 8) { flags |= 1 }
    return flags
  }

  /// Rights in the second stage, where every access is one of U-mode.
  func drawGuest(_ random: inout SeededGenerator) -> UInt64 {
    draw(&random) | (random.once(in: 12) ? 0 : PageTables.user) | (random.once(in: 3) ? 0 : 0xc7)
  }
}
