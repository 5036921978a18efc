// FSQRT.

extension SoftFloat {
  /// `FSQRT.S`: √a.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func squareRoot(_ a: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt32 {
    if rounding == .nearestEven {
      let x = Float(bitPattern: a)
      let root = x.squareRoot()
      // Why this is right: see the binary64 overload.
      if root.isSafelyNormal
        && (flags.isInexact
          || (x.isSafelyNormal && root.trailingSignificandZeros >= 12 && root * root == x))
      {
        return root.bitPattern
      }
    }
    return squareRootInIntegers(a, rounding, &flags)
  }

  /// `FSQRT.D`: √a.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func squareRoot(_ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt64 {
    if rounding == .nearestEven {
      let x = Double(bitPattern: a)
      let root = x.squareRoot()
      // HOST, and: it is exact if its square is the operand, and that square is computed exactly if the root ends with
      // half as many zeros as it has bits and the square is normal.
      if root.isSafelyNormal
        && (flags.isInexact
          || (x.isSafelyNormal && root.trailingSignificandZeros >= 27 && root * root == x))
      {
        return root.bitPattern
      }
    }
    return squareRootInIntegers(a, rounding, &flags)
  }

  @inline(never)
  static func squareRootInIntegers(
    _ a: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    UInt32(truncatingIfNeeded: squareRoot(UInt64(a), in: .binary32, rounding, &flags))
  }

  @inline(never)
  static func squareRootInIntegers(
    _ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    squareRoot(a, in: .binary64, rounding, &flags)
  }

  @inline(__always)
  private static func squareRoot(
    _ a: UInt64, in format: FloatFormat, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    if format.isNaN(a) { return format.nan(from: a, a, &flags) }
    if format.isZero(a) { return a }
    if format.isNegative(a) { return format.invalid(&flags) }
    if format.isInfinite(a) { return a }
    let x = WorkingFloat(normalized: a, in: format)
    // a = radicand × 2^(exponent − 52) with an even exponent and the radicand in 2^52 ..< 2^54.
    let exponent = x.exponent &- format.bias
    let radicand = x.significand &>> (10 &- UInt64(truncatingIfNeeded: exponent & 1))
    // The root of radicand × 2^56 has its leading one at bit 54, two bits more than binary64 keeps. The host's is that
    // root rounded to the nearest multiple of 4, so the remainder is less than 2^58 and its low 64 bits tell it.
    var root = UInt64(Double(radicand).squareRoot() * 0x1p28)
    let remainder = Int64(truncatingIfNeeded: (radicand &<< 56) &- root &* root)
    // The exact root is less than 2 away on the side that the remainder's sign says. Every value that rounding can turn
    // on, ties included, is a multiple of 2, so the nearest unit on that side with a sticky bit stands for it.
    if remainder < 0 { root &-= 1 }
    let result = WorkingFloat(
      isNegative: false, exponent: exponent &>> 1 &+ format.bias,
      significand: root &<< 8 | (remainder == 0 ? 0 : 1))
    return result.packed(in: format, rounding, &flags)
  }
}
