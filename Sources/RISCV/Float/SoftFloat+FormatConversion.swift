// FCVT.D.S and FCVT.S.D.

extension SoftFloat {
  /// `FCVT.D.S`: the same number in binary64; always exact. A signaling NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Conversion and Move Instructions".
  package static func convertToDouble(_ a: UInt32, _ flags: inout FloatFlags) -> UInt64 {
    if FloatFormat.binary32.isNaN(UInt64(a)) {
      _ = FloatFormat.binary32.nan(from: UInt64(a), UInt64(a), &flags)
      return FloatFormat.binary64.canonicalNaN
    }
    // Widening a number is exact, so there is no rounding to depend on.
    return Double(Float(bitPattern: a)).bitPattern
  }

  /// `FCVT.S.D`: the number rounded to binary32. A signaling NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Conversion and Move Instructions".
  package static func convertToSingle(
    _ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    let x = Double(bitPattern: a)
    let result = Float(x)
    // If the way back gives the operand the conversion is exact, whatever the mode, infinities included; else HOST.
    if Double(result) == x || (rounding == .nearestEven && flags.isInexact && result.isSafelyNormal) {
      return result.bitPattern
    }
    return convertToSingleInIntegers(a, rounding, &flags)
  }

  @inline(never)
  static func convertToSingleInIntegers(
    _ a: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    let wide = FloatFormat.binary64
    let narrow = FloatFormat.binary32
    let isNegative = wide.isNegative(a)
    let result: UInt64
    if wide.isNaN(a) {
      _ = wide.nan(from: a, a, &flags)
      result = narrow.canonicalNaN
    } else if wide.isInfinite(a) {
      result = narrow.infinity(negative: isNegative)
    } else if wide.isZero(a) {
      result = narrow.zero(negative: isNegative)
    } else {
      var x = WorkingFloat(normalized: a, in: wide)
      x.exponent &-= wide.bias &- narrow.bias
      result = x.packed(in: narrow, rounding, &flags)
    }
    return UInt32(truncatingIfNeeded: result)
  }
}
