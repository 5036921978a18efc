// FMUL.

extension SoftFloat {
  /// `FMUL.S`: a × b.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func multiply(
    _ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    if rounding == .nearestEven {
      let x = Float(bitPattern: a)
      let y = Float(bitPattern: b)
      let product = x * y
      // Why this is right: see the binary64 overload.
      if product.isSafelyNormal
        && (flags.isInexact || x.trailingSignificandZeros &+ y.trailingSignificandZeros >= 24)
      {
        return product.bitPattern
      }
    }
    return multiplyInIntegers(a, b, rounding, &flags)
  }

  /// `FMUL.D`: a × b.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func multiply(
    _ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    if rounding == .nearestEven {
      let x = Double(bitPattern: a)
      let y = Double(bitPattern: b)
      let product = x * y
      // HOST, and: the product of two significands has at most 106 bits, so if 53 of them are trailing zeros it is
      // exact. (Neither operand is zero, as the product is not.)
      if product.isSafelyNormal
        && (flags.isInexact || x.trailingSignificandZeros &+ y.trailingSignificandZeros >= 53)
      {
        return product.bitPattern
      }
    }
    return multiplyInIntegers(a, b, rounding, &flags)
  }

  @inline(never)
  static func multiplyInIntegers(
    _ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    UInt32(truncatingIfNeeded: multiply(UInt64(a), UInt64(b), in: .binary32, rounding, &flags))
  }

  @inline(never)
  static func multiplyInIntegers(
    _ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    multiply(a, b, in: .binary64, rounding, &flags)
  }

  @inline(__always)
  private static func multiply(
    _ a: UInt64, _ b: UInt64, in format: FloatFormat, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    let isNegative = format.isNegative(a ^ b)
    if format.magnitude(a) >= format.infinity || format.magnitude(b) >= format.infinity {
      if format.isNaN(a) || format.isNaN(b) { return format.nan(from: a, b, &flags) }
      if format.isZero(a) || format.isZero(b) { return format.invalid(&flags) }
      return format.infinity(negative: isNegative)
    }
    if format.isZero(a) || format.isZero(b) { return format.zero(negative: isNegative) }
    let x = WorkingFloat(normalized: a, in: format)
    let y = WorkingFloat(normalized: b, in: format)
    // 1.xxx × 1.yyy with the point below bit 124 of 128, moved up by one: the high half holds it as a working
    // significand's half, with the leading one at bit 61 or 62.
    let (high, low) = x.significand.multipliedFullWidth(by: y.significand &<< 1)
    var product = WorkingFloat(
      isNegative: isNegative, exponent: x.exponent &+ y.exponent &- format.bias &+ 1,
      significand: high | (low == 0 ? 0 : 1))
    if product.significand &>> 62 == 0 {
      product.significand = product.significand &<< 1
      product.exponent &-= 1
    }
    return product.packed(in: format, rounding, &flags)
  }
}
