// FCVT.W, FCVT.WU, FCVT.L and FCVT.LU.
//
// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Conversion and Move Instructions" and "Double-Precision
// Floating-Point Conversion and Move Instructions".

extension SoftFloat {
  /// `FCVT.W.S`: rounded to a signed word. Out of range it is the nearest bound, for NaN the greatest, with `NV` alone.
  package static func toInt32(_ a: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> Int32 {
    Int32(truncatingIfNeeded: signed(IntegerPart(UInt64(a), in: .binary32, rounding), width: 32, &flags))
  }

  /// `FCVT.W.D`: rounded to a signed word. Out of range it is the nearest bound, for NaN the greatest, with `NV` alone.
  package static func toInt32(_ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> Int32 {
    Int32(truncatingIfNeeded: signed(IntegerPart(a, in: .binary64, rounding), width: 32, &flags))
  }

  /// `FCVT.WU.S`: rounded to an unsigned word. Out of range it is the nearest bound, for NaN the greatest, with `NV`
  /// alone.
  package static func toUInt32(_ a: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt32 {
    UInt32(truncatingIfNeeded: unsigned(IntegerPart(UInt64(a), in: .binary32, rounding), width: 32, &flags))
  }

  /// `FCVT.WU.D`: rounded to an unsigned word. Out of range it is the nearest bound, for NaN the greatest, with `NV`
  /// alone.
  package static func toUInt32(_ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt32 {
    UInt32(truncatingIfNeeded: unsigned(IntegerPart(a, in: .binary64, rounding), width: 32, &flags))
  }

  /// `FCVT.L.S`: rounded to a signed doubleword. Out of range it is the nearest bound, for NaN the greatest, with `NV`
  /// alone.
  package static func toInt64(_ a: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> Int64 {
    signed(IntegerPart(UInt64(a), in: .binary32, rounding), width: 64, &flags)
  }

  /// `FCVT.L.D`: rounded to a signed doubleword. Out of range it is the nearest bound, for NaN the greatest, with `NV`
  /// alone.
  package static func toInt64(_ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> Int64 {
    signed(IntegerPart(a, in: .binary64, rounding), width: 64, &flags)
  }

  /// `FCVT.LU.S`: rounded to an unsigned doubleword. Out of range it is the nearest bound, for NaN the greatest, with
  /// `NV` alone.
  package static func toUInt64(_ a: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt64 {
    unsigned(IntegerPart(UInt64(a), in: .binary32, rounding), width: 64, &flags)
  }

  /// `FCVT.LU.D`: rounded to an unsigned doubleword. Out of range it is the nearest bound, for NaN the greatest, with
  /// `NV` alone.
  package static func toUInt64(_ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt64 {
    unsigned(IntegerPart(a, in: .binary64, rounding), width: 64, &flags)
  }

  @inline(__always)
  private static func signed(_ part: IntegerPart, width: UInt64, _ flags: inout FloatFlags) -> Int64 {
    // The magnitude of the least number; the greatest is one less.
    let bound = 1 as UInt64 &<< (width &- 1)
    if part.isTooLarge || part.magnitude > (part.isNegative ? bound : bound &- 1) {
      flags.raise(.invalid)
      return Int64(truncatingIfNeeded: part.isNegative ? 0 &- bound : bound &- 1)
    }
    if part.isInexact { flags.raise(.inexact) }
    return Int64(truncatingIfNeeded: part.isNegative ? 0 &- part.magnitude : part.magnitude)
  }

  @inline(__always)
  private static func unsigned(_ part: IntegerPart, width: UInt64, _ flags: inout FloatFlags) -> UInt64 {
    let greatest = UInt64.max &>> (64 &- width)
    if part.isTooLarge || part.magnitude > (part.isNegative ? 0 : greatest) {
      flags.raise(.invalid)
      return part.isNegative ? 0 : greatest
    }
    if part.isInexact { flags.raise(.inexact) }
    return part.magnitude
  }
}

/// A float rounded to an integer, before it is known whether the integer fits.
private struct IntegerPart {
  /// False for NaN, which converts as if it were above the range.
  var isNegative: Bool
  /// Meaningless if `isTooLarge`.
  var magnitude: UInt64 = 0
  /// The magnitude is 2^64 or more, or the float is infinite or NaN.
  var isTooLarge = false
  var isInexact = false

  @inline(__always)
  init(_ bits: UInt64, in format: FloatFormat, _ rounding: RoundingMode) {
    let value = format.fractionWidth == 23 ? Double(Float(bitPattern: UInt32(bits))) : Double(bitPattern: bits)
    if value.magnitude < 0x1p63 {
      // Exact steps all: widening to `Double`, truncating, and converting back what 53 bits can hold.
      let truncated = Int64(value)
      isInexact = Double(truncated) != value
      if !isInexact || rounding == .towardZero {
        isNegative = truncated < 0
        magnitude = truncated.magnitude
        return
      }
    }
    isNegative = format.isNegative(bits) && !format.isNaN(bits)
    let exponent = format.exponentField(bits) &- format.bias
    if exponent > 63 {
      isTooLarge = true
      return
    }
    // The magnitude is significand × 2^(exponent − 63); a subnormal's missing leading zeros make no difference below.
    let significand = WorkingFloat(aligned: bits, in: format).significand &<< 1
    /// What is left below the point, in units of 2^-64, with a sticky bit 0.
    let fraction: UInt64
    if exponent >= 0 {
      let shift = UInt64(truncatingIfNeeded: 63 &- exponent)
      magnitude = significand &>> shift
      // In two steps, because a shift by 64 would be one by 0.
      fraction = (significand &<< (63 &- shift)) &<< 1
    } else {
      fraction = significand.shiftedRightJamming(by: -1 &- exponent)
    }
    if fraction == 0 { return }
    isInexact = true
    let half = 1 as UInt64 &<< 63
    let roundsAway =
      switch rounding {
      case .nearestEven: fraction > half || (fraction == half && magnitude & 1 != 0)
      case .nearestMaxMagnitude: fraction >= half
      case .towardZero: false
      case .down: isNegative
      case .up: !isNegative
      }
    // No overflow: with a fraction left the magnitude is below 2^63.
    if roundsAway { magnitude &+= 1 }
  }
}
