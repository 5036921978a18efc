/// Offsets into a page at which a breakpoint may stand, whatever the page: who stops there looks whether one does.
struct BreakpointOffsets {
  private var offsets: Set<UInt16> = []
  /// A bit for each half-word of a page.
  private let bits: UnsafeMutablePointer<UInt64>
  private static let wordCount = 2048 / 64

  init() {
    bits = .allocate(capacity: Self.wordCount)
    bits.initialize(repeating: 0, count: Self.wordCount)
  }
  func deallocate() { bits.deallocate() }

  /// False where they are the same.
  mutating func change(to new: Set<UInt16>) -> Bool {
    guard new != offsets else { return false }
    offsets = new
    bits.update(repeating: 0, count: Self.wordCount)
    for offset in new { bits[Int(offset >> 7)] |= 1 << UInt64(offset >> 1 & 63) }
    return true
  }

  /// Whether one is at the offset of an address into its page.
  @inline(__always)
  func contains(_ address: UInt64) -> Bool {
    let half = (address & 4095) &>> 1
    return bits[Int(half &>> 6)] &>> (half & 63) & 1 != 0
  }
}
