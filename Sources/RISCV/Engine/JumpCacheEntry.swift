/// Where the block lies whose first instruction is at a virtual address.
struct JumpCacheEntry {
  var pc: UInt64 = 1
  /// `HartState.jumpKey` when it was found.
  var key: UInt64 = .max
  var block: UnsafeMutablePointer<DecodedOperation>?

  static let count = 4096
}

/// Which virtual pages the jump cache may have entries for. A page that is not in it spares an address fence the search: nearly all
/// fences are about data.
struct JumpPages {
  /// For each hash of a page number, the page.
  private let pages: UnsafeMutablePointer<UInt64>
  private static let indexBits: UInt64 = 13
  /// No page begins there.
  private static let (none, several): (UInt64, UInt64) = (1, 3)

  static func allocate() -> JumpPages {
    let pages = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << Int(indexBits))
    pages.initialize(repeating: none, count: 1 << Int(indexBits))
    return JumpPages(pages: pages)
  }
  func deallocate() { pages.deallocate() }

  func insert(_ address: UInt64) {
    let (page, place) = (address & ~0xfff, pages + Self.index(address))
    if place.pointee == Self.none { place.pointee = page }
    if place.pointee != page { place.pointee = Self.several }
  }

  /// Whether there may be entries for the page of an address. From now on there are none.
  func remove(_ address: UInt64) -> Bool {
    let place = pages + Self.index(address)
    if place.pointee == Self.several { return true }
    guard place.pointee == address & ~0xfff else { return false }
    place.pointee = Self.none
    return true
  }

  /// Fibonacci hashing: programs and their data begin at round addresses, which lower bits alone would not tell apart.
  @inline(__always)
  private static func index(_ address: UInt64) -> Int {
    Int(truncatingIfNeeded: ((address &>> 12) &* 0x9e37_79b9_7f4a_7c15) &>> (64 - indexBits))
  }
}
