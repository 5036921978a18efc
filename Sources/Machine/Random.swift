/// SplitMix64 (Steele, Lea and Flood), which turns one seed into many well-mixed words.
package struct SplitMix64: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }

  /// Below `count`, which is above 0.
  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

/// xoshiro256** (Blackman and Vigna), the source of everything random on the board. Not for secrets.
package struct Xoshiro256: Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// `stream` keeps users of one seed apart.
  package init(seed: UInt64, stream: UInt64) {
    var seeder = SplitMix64(seed: seed ^ stream &* 0xd605_bbb5_8c8a_bbc3)
    state = (seeder.next(), seeder.next(), seeder.next(), seeder.next())
  }

  package mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = (product << 7 | product >> 57) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 << 45 | state.3 >> 19
    return result
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count { bytes.append(littleEndian: next()) }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
