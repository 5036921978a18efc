/// A finite number taken apart for computing.
///
/// Its magnitude is `significand` × 2^(`exponent` − bias − 62): with its leading one at bit 62 a significand reads
/// 1.xxx, and the exponent is what a normal number would have in its exponent field. Bit 63 is room for a carry, and
/// bit 0 may be sticky: set when any nonzero bit was lost below it ("jammed").
struct WorkingFloat {
  /// Where the leading one of a normalised significand is.
  @inline(__always)
  static var leadingPosition: Int { 62 }

  var isNegative: Bool
  var exponent: Int
  var significand: UInt64

  @inline(__always)
  init(isNegative: Bool, exponent: Int, significand: UInt64) {
    self.isNegative = isNegative
    self.exponent = exponent
    self.significand = significand
  }

  /// Takes apart a finite number without normalising it: a subnormal keeps its leading zeros, zero its zero.
  @inline(__always)
  init(aligned bits: UInt64, in format: FloatFormat) {
    let field = format.exponentField(bits)
    isNegative = format.isNegative(bits)
    exponent = field == 0 ? 1 : field
    significand =
      (format.fraction(bits) | (field == 0 ? 0 : format.leadingBit))
      &<< UInt64(truncatingIfNeeded: format.excessWidth)
  }

  /// Takes apart a finite nonzero number, so that the leading one is at bit 62 and the exponent may be below 1.
  @inline(__always)
  init(normalized bits: UInt64, in format: FloatFormat) {
    self.init(aligned: bits, in: format)
    if significand &>> 62 == 0 { normalizeUp() }
  }

  /// Moves the leading one of a nonzero significand to bit 62.
  @inline(__always)
  mutating func normalize() {
    if significand &>> 63 != 0 {
      significand = significand &>> 1 | significand & 1
      exponent &+= 1
    } else {
      normalizeUp()
    }
  }

  /// Moves the leading one of a nonzero significand, which is not at bit 63, to bit 62.
  @inline(__always)
  mutating func normalizeUp() {
    let shift = significand.leadingZeroBitCount &- 1
    significand = significand &<< UInt64(truncatingIfNeeded: shift)
    exponent &-= shift
  }

  /// The number in `format`: rounded, with `NX`, `UF` and `OF` accrued. The significand must be normalised.
  ///
  /// Tininess is detected after rounding.
  /// RISC-V Unprivileged ISA, "Floating-Point Control and Status Register" and "Subnormal Arithmetic".
  @inline(__always)
  func packed(in format: FloatFormat, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt64 {
    let excess = UInt64(truncatingIfNeeded: format.excessWidth)
    let excessMask = (1 as UInt64 &<< excess) &- 1
    let half = 1 as UInt64 &<< (excess &- 1)
    let increment: UInt64 =
      switch rounding {
      case .nearestEven, .nearestMaxMagnitude: half
      case .towardZero: 0
      case .down: isNegative ? excessMask : 0
      case .up: isNegative ? 0 : excessMask
      }
    let sign = format.zero(negative: isNegative)

    var kept = significand
    var field = exponent
    var isTiny = false
    if field < 1 {
      // Unbounded in exponent the rounded value would still be below the smallest normal number, unless rounding
      // carries it up from the binade just below.
      isTiny = field < 0 || kept &+ increment < 1 &<< 63
      kept = kept.shiftedRightJamming(by: 1 &- field)
      field = 1
    }
    let lost = kept & excessMask
    var quotient = (kept &+ increment) &>> excess
    if rounding == .nearestEven && lost == half { quotient &= ~1 }
    // The leading one, where there is one, adds itself to the exponent field, and so does a carry out of rounding.
    let magnitude =
      (UInt64(truncatingIfNeeded: field &- 1) &<< UInt64(truncatingIfNeeded: format.fractionWidth)) &+ quotient
    if field >= format.specialExponent || magnitude >= format.infinity {
      flags.raise([.overflow, .inexact])
      // A mode that rounds this sign towards zero stops at the largest finite number.
      return sign | (increment == 0 ? format.largestFinite : format.infinity)
    }
    if lost != 0 { flags.raise(isTiny ? [.underflow, .inexact] : .inexact) }
    return sign | magnitude
  }
}

extension UInt64 {
  /// Shifted right by `distance` ≥ 0, with bit 0 set if any bit shifted out was.
  @inline(__always)
  func shiftedRightJamming(by distance: Int) -> UInt64 {
    if distance > 62 { return self == 0 ? 0 : 1 }
    let amount = UInt64(truncatingIfNeeded: distance)
    let lost = self & ((1 as UInt64 &<< amount) &- 1)
    return self &>> amount | (lost == 0 ? 0 : 1)
  }
}

extension UInt128 {
  /// Shifted right by `distance` ≥ 0, with bit 0 set if any bit shifted out was.
  @inline(__always)
  func shiftedRightJamming(by distance: Int) -> UInt128 {
    if distance > 126 { return self == 0 ? 0 : 1 }
    let amount = UInt128(truncatingIfNeeded: distance)
    let lost = self & ((1 as UInt128 &<< amount) &- 1)
    return self &>> amount | (lost == 0 ? 0 : 1)
  }
}
