/// Two sets of page tables over the same memory: the harness with all rights, code and data with random ones, and both once
/// more at `Place.alias` above, in the last gigapage, and through megapages and 64 KiB pages.
package struct PageTables: Sendable {
  /// Leaf tables in the order they lie in memory: identity and alias of the first set, then of the second.
  package var leaves: [[UInt64]]
  /// Per set: megapage tables of the identity and the alias, then the roots of Sv39, Sv48 and Sv57.
  package var upper: [[UInt64]]

  static let upperPerSet = 5
  static let valid: UInt64 = 1
  static let all: UInt64 = 0xcf
  static let user: UInt64 = 0x10

  static func leafAddress(set: Int, isAlias: Bool) -> UInt64 {
    Place.leafTables + UInt64(2 * set + (isAlias ? 1 : 0)) * 0x1000
  }
  static func upperAddress(set: Int, _ index: Int) -> UInt64 {
    Place.upperTables + UInt64(upperPerSet * set + index) * 0x1000
  }
  static func pointer(_ address: UInt64) -> UInt64 { (address >> 12) << 10 | valid }
  static func page(_ address: UInt64, _ flags: UInt64) -> UInt64 { (address >> 12) << 10 | flags }

  /// A value for `satp`: the set's root under a scheme, with an ASID of its own.
  static func satp(set: Int, scheme: UInt64) -> UInt64 {
    scheme << 60 | (UInt64(set) * 3 + scheme - 7) << 44 | upperAddress(set: set, Int(scheme) - 6) >> 12
  }

  init(using random: inout SeededGenerator, for reference: Reference) {
    leaves = []
    upper = []
    for set in 0..<2 {
      let rights = PageRights(isTame: random.once(in: 3))
      var identity = [UInt64](repeating: 0, count: 512)
      var alias = identity
      for page in 0..<UInt64(0x70) {
        let address = Place.base + page << 12
        let isProgram = (0x40..<0x44).contains(page) || (0x64..<0x68).contains(page)
        identity[Int(page)] = isProgram ? Self.page(address, rights.draw(&random)) : Self.page(address, Self.all | 0x20)
        if isProgram { alias[Int(page)] = Self.page(address, rights.draw(&random)) }
      }
      for page in 0..<16 {
        // At times through the second mapping of guest-physical memory, which only a second stage has.
        let distance = random.once(in: 6) ? Place.alias : 0
        alias[page] = Self.page(
          Place.data + distance + random.bits() % Place.dataPages << 12, rights.draw(&random))
      }
      for page in 16..<32 {
        let isWellFormed = !random.once(in: 8)
        alias[page] = Self.page(Place.far + (isWellFormed ? 0x8000 : 0x4000), rights.draw(&random)) | 1 << 63
      }
      leaves += [identity, alias]

      var megapages = [UInt64](repeating: 0, count: 512)
      megapages[0] = Self.pointer(Self.leafAddress(set: set, isAlias: false))
      var others = [UInt64](repeating: 0, count: 512)
      others[0] = Self.pointer(Self.leafAddress(set: set, isAlias: true))
      for entry in 1..<4 {
        others[entry] = Self.page(Place.far + (random.once(in: 6) ? 0x1000 : 0), rights.draw(&random))
        if random.once(in: 8) && !reference.needs(.tableOutsideMemory) {
          others[entry] = Self.pointer(Place.base + 0x80_0000)
        }
        if random.once(in: 8) {
          let bits: [UInt64] = reference.needs(.reservedEntryBits) ? [4, 6, 7, 61, 63] : [4, 6, 7, 54, 60, 61, 63]
          others[entry] |= 1 << random.pick(bits)
        }
      }
      var root = [UInt64](repeating: 0, count: 512)
      root[2] = Self.pointer(Self.upperAddress(set: set, 0))
      root[3] = Self.pointer(Self.upperAddress(set: set, 1))
      root[511] = root[3]
      root[4] = Self.page(random.pick([0x8000_0000, 0xc000_0000, 0x8020_0000]), rights.draw(&random) & ~4 | 2)
      var root48 = [UInt64](repeating: 0, count: 512)
      root48[0] = Self.pointer(Self.upperAddress(set: set, 2))
      root48[511] = root48[0]
      var root57 = [UInt64](repeating: 0, count: 512)
      root57[0] = Self.pointer(Self.upperAddress(set: set, 3))
      root57[511] = root57[0]
      upper += [megapages, others, root, root48, root57]
    }
  }
}
