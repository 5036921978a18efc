// FADD and FSUB.

extension SoftFloat {
  /// `FADD.S`: a + b.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func add(_ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt32 {
    if rounding == .nearestEven {
      let x = Float(bitPattern: a)
      let y = Float(bitPattern: b)
      let sum = x + y
      // Why this is right: see the binary64 overload.
      if sum.isFinite && (flags.isInexact || (sum - x == y && sum - y == x)) { return sum.bitPattern }
    }
    return addInIntegers(a, b, rounding, &flags)
  }

  /// `FADD.D`: a + b.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func add(_ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags) -> UInt64 {
    if rounding == .nearestEven {
      let x = Double(bitPattern: a)
      let y = Double(bitPattern: b)
      let sum = x + y
      // HOST, and: a tiny sum is a multiple of the smallest subnormal, hence exact, hence no UF, so that any finite sum
      // will do. The sum less the operand of larger magnitude is computed exactly (T. J. Dekker, 1971; no overflow can
      // pass for equality), so if both differences give the other operand the sum is exact.
      if sum.isFinite && (flags.isInexact || (sum - x == y && sum - y == x)) { return sum.bitPattern }
    }
    return addInIntegers(a, b, rounding, &flags)
  }

  /// `FSUB.S`: a − b.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func subtract(
    _ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    add(a, b ^ 0x8000_0000, rounding, &flags)
  }

  /// `FSUB.D`: a − b.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func subtract(
    _ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    add(a, b ^ 0x8000_0000_0000_0000, rounding, &flags)
  }

  @inline(never)
  static func addInIntegers(
    _ a: UInt32, _ b: UInt32, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt32 {
    UInt32(truncatingIfNeeded: add(UInt64(a), UInt64(b), in: .binary32, rounding, &flags))
  }

  @inline(never)
  static func addInIntegers(
    _ a: UInt64, _ b: UInt64, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    add(a, b, in: .binary64, rounding, &flags)
  }

  @inline(__always)
  private static func add(
    _ a: UInt64, _ b: UInt64, in format: FloatFormat, _ rounding: RoundingMode, _ flags: inout FloatFlags
  ) -> UInt64 {
    // Magnitudes of finite numbers, infinities and NaNs are ordered as their encodings are.
    let aIsLarger = format.magnitude(a) >= format.magnitude(b)
    let large = aIsLarger ? a : b
    let small = aIsLarger ? b : a
    if format.magnitude(large) >= format.infinity {
      if format.isNaN(large) { return format.nan(from: a, b, &flags) }
      return small == large ^ format.signBit ? format.invalid(&flags) : large
    }
    // Both are lowered by one bit, to leave bit 62 for the carry. Nine excess bits are enough: if the smaller number
    // loses bits its exponent is at least 10 less, so that the difference loses at most one leading bit and the sticky
    // bit stays below the rounding position.
    var sum = WorkingFloat(aligned: large, in: format)
    let addend = WorkingFloat(aligned: small, in: format)
    let aligned = (addend.significand &>> 1).shiftedRightJamming(by: sum.exponent &- addend.exponent)
    sum.significand = sum.significand &>> 1
    sum.exponent &+= 1
    if sum.isNegative == addend.isNegative {
      sum.significand &+= aligned
      if sum.significand == 0 { return large }
    } else {
      sum.significand &-= aligned
      if sum.significand == 0 { return format.zero(negative: rounding == .down) }
    }
    sum.normalizeUp()
    return sum.packed(in: format, rounding, &flags)
  }
}
