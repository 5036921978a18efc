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
  /// A bit for each hash of a page number; once set it stays so.
  private let words: UnsafeMutablePointer<UInt64>
  private static let bitCount = 1 << 15

  static func allocate() -> JumpPages {
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: bitCount / 64)
    words.initialize(repeating: 0, count: bitCount / 64)
    return JumpPages(words: words)
  }
  func deallocate() { words.deallocate() }

  func insert(_ address: UInt64) { words[Self.bit(address) &>> 6] |= 1 &<< UInt64(Self.bit(address) & 63) }
  func contains(_ address: UInt64) -> Bool {
    words[Self.bit(address) &>> 6] &>> UInt64(Self.bit(address) & 63) & 1 != 0
  }

  /// Fibonacci hashing: programs and their data begin at round addresses, which lower bits alone would not tell apart.
  @inline(__always)
  private static func bit(_ address: UInt64) -> Int {
    Int(truncatingIfNeeded: ((address &>> 12) &* 0x9e37_79b9_7f4a_7c15) &>> (64 - 15))
  }
}
