/// A set of pages of RAM: a bit each, as far as there are any.
package struct PageSet: Sendable, Equatable {
  private(set) var words: [UInt64] = []
  package private(set) var count = 0

  /// Puts a page in or takes it out. False when it was so already.
  mutating func set(_ page: Int, _ isIn: Bool) -> Bool {
    let (word, bit) = (page / 64, UInt64(1) << UInt64(page % 64))
    guard contains(page) != isIn else { return false }
    if word >= words.count { words += [UInt64](repeating: 0, count: word + 1 - words.count) }
    words[word] ^= bit
    count += isIn ? 1 : -1
    return true
  }

  /// Whether a page is in it.
  package func contains(_ page: Int) -> Bool {
    page / 64 < words.count && words[page / 64] & 1 << UInt64(page % 64) != 0
  }
}
