/// Repeatable operands that reach the interesting corners of a format: half of them are plain random bits, half have
/// few significant bits or an exponent near another operand's, near zero or near either end.
struct FloatOperands {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  mutating func binary64() -> UInt64 {
    let bits = next()
    let fraction =
      switch next() % 4 {
      case 0: bits & 0xf_ffff_ffff_ffff & ~0 << (next() % 53)
      case 1: bits | (1 << (next() % 53) - 1)
      default: bits
      }
    let exponents: [UInt64] = [
      bits >> 52 & 0x7ff, 1023 + next() % 60, 1023 + next() % 4, next() % 60, 2046 - next() % 4, 0, 2047,
    ]
    return bits & 1 << 63 | exponents[Int(next() % 14) % 7] << 52 | fraction & 0xf_ffff_ffff_ffff
  }

  mutating func binary32() -> UInt32 {
    let bits = UInt32(truncatingIfNeeded: next())
    let fraction =
      switch next() % 4 {
      case 0: bits & ~0 << UInt32(next() % 24)
      case 1: bits | (1 << UInt32(next() % 24) - 1)
      default: bits
      }
    let exponents: [UInt64] = [
      UInt64(bits >> 23 & 0xff), 127 + next() % 30, 127 + next() % 4, next() % 30, 254 - next() % 4, 0, 255,
    ]
    return bits & 1 << 31 | UInt32(exponents[Int(next() % 14) % 7]) << 23 | fraction & 0x7f_ffff
  }
}
