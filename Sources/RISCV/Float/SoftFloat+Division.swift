// FDIV.

extension SoftFloat {
  /// `FDIV.S`: a ÷ b.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func divide(
    _ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    if rounding == .nearestEven {
      let x = Float(bitPattern: a)
      let y = Float(bitPattern: b)
      let quotient = x / y
      // Why this is right: see the binary64 overload.
      if quotient.isSafelyNormal
        && (flags.isInexact
          || (x.isSafelyNormal && quotient * y == x
            && quotient.trailingSignificandZeros &+ y.trailingSignificandZeros >= 24))
      {
        return quotient.bitPattern
      }
    }
    return divideInIntegers(a, b, rounding, &flags)
  }

  /// `FDIV.D`: a ÷ b.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func divide(
    _ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    if rounding == .nearestEven {
      let x = Double(bitPattern: a)
      let y = Double(bitPattern: b)
      let quotient = x / y
      // HOST, and: a normal quotient has a finite nonzero divisor, as the quotients by zero and infinity are infinite,
      // zero or NaN. It is exact if it times the divisor is the dividend, and that product is computed exactly if it
      // has enough trailing zeros (see `multiply`) and is normal.
      if quotient.isSafelyNormal
        && (flags.isInexact
          || (x.isSafelyNormal && quotient * y == x
            && quotient.trailingSignificandZeros &+ y.trailingSignificandZeros >= 53))
      {
        return quotient.bitPattern
      }
    }
    return divideInIntegers(a, b, rounding, &flags)
  }

  @inline(never)
  static func divideInIntegers(
    _ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    UInt32(
      truncatingIfNeeded: divide(UInt64(a), UInt64(b), in: .binary32, rounding, &flags) { dividend, divisor in
        // Without its excess bits the divisor has 24, which makes a plain 64-bit division precise to 2^-39.
        let excess = UInt64(truncatingIfNeeded: FloatFormat.binary32.excessWidth)
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor &>> excess)
        return (quotient &<< (63 &- excess), remainder)
      })
  }

  @inline(never)
  static func divideInIntegers(
    _ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    divide(a, b, in: .binary64, rounding, &flags) { dividend, divisor in
      // The divisor's leading one is above the dividend's, so the quotient fits.
      (divisor &<< 1).dividingFullWidth((dividend, 0))
    }
  }

  /// `quotient` returns the quotient of two working significands in units of 2^-63, rounded down but to at least two
  /// bits more than the format keeps, and a remainder that is zero if it is exact.
  @inline(__always)
  private static func divide(
    _ a: UInt64, _ b: UInt64, in format: FloatFormat, _ rounding: RoundingMode, _ flags: inout FloatFlags,
    quotient: (_ dividend: UInt64, _ divisor: UInt64) -> (UInt64, UInt64)
  ) -> UInt64 {
    let isNegative = format.isNegative(a ^ b)
    if format.magnitude(a) >= format.infinity || format.magnitude(b) >= format.infinity {
      if format.isNaN(a) || format.isNaN(b) { return format.nan(from: a, b, &flags) }
      if format.isInfinite(b) {
        return format.isInfinite(a) ? format.invalid(&flags) : format.zero(negative: isNegative)
      }
      return format.infinity(negative: isNegative)
    }
    if format.isZero(b) {
      if format.isZero(a) { return format.invalid(&flags) }
      flags.raise(.divideByZero)
      return format.infinity(negative: isNegative)
    }
    if format.isZero(a) { return format.zero(negative: isNegative) }
    let x = WorkingFloat(normalized: a, in: format)
    let y = WorkingFloat(normalized: b, in: format)
    let (ratio, remainder) = quotient(x.significand, y.significand)
    // Units of 2^-63 are half those of a working significand.
    var result = WorkingFloat(
      isNegative: isNegative, exponent: x.exponent &- y.exponent &+ format.bias &- 1,
      significand: ratio | (remainder == 0 ? 0 : 1))
    result.normalize()
    return result.packed(in: format, rounding, &flags)
  }
}
