/// A digest of what a grade follows from, FNV-1a with 64 bits. It tells whether something changed; it keeps no secret.
package struct GradeKey: Sendable, CustomStringConvertible {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  /// The length comes first, so that two texts never run into each other.
  package mutating func add(_ bytes: some Collection<UInt8>) {
    var length = UInt64(bytes.count)
    for _ in 0..<8 {
      state = (state ^ length & 0xff) &* 0x100_0000_01b3
      length >>= 8
    }
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }
  package mutating func add(_ text: String) { add(text.utf8) }

  package var description: String {
    let digits = String(state, radix: 16)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
