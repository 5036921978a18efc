import RISCV

/// Encodings drawn at random from a row's pattern.
package enum RandomInstructions {
  /// `count` encodings of a row of `InstructionRow.all`, many of them with small register numbers and zero immediates, where
  /// the aliases are. Values that the row forbids are among them.
  package static func encodings(
    ofRow index: Int, count: Int, using generator: inout SeededGenerator
  ) -> [UInt32] {
    let (mask, value) = InstructionSet.shared.fixedBits(ofRow: index)
    return (0..<count).map { round in
      var word = UInt32.random(in: 0...UInt32.max, using: &generator)
      if round & 1 == 1 { word &= UInt32.random(in: 0...UInt32.max, using: &generator) }
      if round & 2 == 2 { word &= ~(0x1f << [7, 15, 20].randomElement(using: &generator)!) }
      if round & 4 == 4 { word |= [0x7000, 0xff0_0000, 0x8000, 0x10_0000].randomElement(using: &generator)! }
      return word & ~mask | value
    }
  }

  /// Bits of `fence` and `fence.i` that are ignored, and are not written in assembly.
  package static func withoutIgnoredBits(_ word: UInt32) -> UInt32 {
    switch word & 0x707f {
    case 0x000f where word != 0x8330_000f: word & 0x0ff0_707f
    case 0x100f: word & 0x707f
    default: word
    }
  }

  package static func bytes(_ bits: UInt32, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
  }
}
