// FCVT.S and FCVT.D from integers.
//
// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Conversion and Move Instructions" and "Double-Precision
// Floating-Point Conversion and Move Instructions".

extension SoftFloat {
  /// `FCVT.S.W`: the integer rounded to binary32.
  package static func single(
    from value: Int32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    single(from: Int64(value), rounding, &flags)
  }

  /// `FCVT.S.WU`: the integer rounded to binary32.
  package static func single(
    from value: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    single(from: Int64(value), rounding, &flags)
  }

  /// `FCVT.S.L`: the integer rounded to binary32.
  package static func single(
    from value: Int64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    // Up to 24 bits are exact, so there is no rounding to depend on.
    if value.magnitude &>> 24 == 0 { return Float(value).bitPattern }
    return UInt32(truncatingIfNeeded: rounded(value.magnitude, value < 0, in: .binary32, rounding, &flags))
  }

  /// `FCVT.S.LU`: the integer rounded to binary32.
  package static func single(
    from value: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    if value &>> 24 == 0 { return Float(Int64(truncatingIfNeeded: value)).bitPattern }
    return UInt32(truncatingIfNeeded: rounded(value, false, in: .binary32, rounding, &flags))
  }

  /// `FCVT.D.W`: the integer in binary64; always exact.
  package static func double(
    from value: Int32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    Double(value).bitPattern
  }

  /// `FCVT.D.WU`: the integer in binary64; always exact.
  package static func double(
    from value: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    Double(value).bitPattern
  }

  /// `FCVT.D.L`: the integer rounded to binary64.
  package static func double(
    from value: Int64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    // Up to 53 bits are exact, so there is no rounding to depend on.
    if value.magnitude &>> 53 == 0 { return Double(value).bitPattern }
    return rounded(value.magnitude, value < 0, in: .binary64, rounding, &flags)
  }

  /// `FCVT.D.LU`: the integer rounded to binary64.
  package static func double(
    from value: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    if value &>> 53 == 0 { return Double(Int64(truncatingIfNeeded: value)).bitPattern }
    return rounded(value, false, in: .binary64, rounding, &flags)
  }

  @inline(__always)
  private static func rounded(
    _ magnitude: UInt64, _ isNegative: Bool, in format: FloatFormat,
    _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    if magnitude == 0 { return 0 }
    var number = WorkingFloat(
      isNegative: isNegative, exponent: format.bias &+ WorkingFloat.leadingPosition, significand: magnitude)
    number.normalize()
    return number.packed(in: format, rounding, &flags)
  }
}
