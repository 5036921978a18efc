/// A random number generator with a fixed sequence (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
  package var state: UInt64
  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
  mutating func bits() -> UInt64 { next() }
  mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }
  mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}
