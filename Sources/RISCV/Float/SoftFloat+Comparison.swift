// FMIN, FMAX, FEQ, FLT and FLE.
//
// Comparisons of the host are exact and have no rounding to depend on, so that they serve directly; only NaNs are
// looked at in integers.

extension SoftFloat {
  /// `FMIN.S`: the lesser of two numbers, −0 being less than +0.
  ///
  /// A NaN beside a number is ignored, two give the canonical NaN; a signaling one raises `NV`.
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func minimum(_ a: UInt32, _ b: UInt32, _ flags: inout FloatFlags) -> UInt32 {
    let x = Float(bitPattern: a)
    let y = Float(bitPattern: b)
    if x < y { return a }
    if y < x { return b }
    // Equal numbers have the same bits, except for two zeros: the sign bits decide.
    if x == y { return a | b }
    return UInt32(truncatingIfNeeded: numberBesideNaN(UInt64(a), UInt64(b), in: .binary32, &flags))
  }

  /// `FMIN.D`: the lesser of two numbers, −0 being less than +0.
  ///
  /// A NaN beside a number is ignored, two give the canonical NaN; a signaling one raises `NV`.
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func minimum(_ a: UInt64, _ b: UInt64, _ flags: inout FloatFlags) -> UInt64 {
    let x = Double(bitPattern: a)
    let y = Double(bitPattern: b)
    if x < y { return a }
    if y < x { return b }
    if x == y { return a | b }
    return numberBesideNaN(a, b, in: .binary64, &flags)
  }

  /// `FMAX.S`: the greater of two numbers, +0 being greater than −0.
  ///
  /// A NaN beside a number is ignored, two give the canonical NaN; a signaling one raises `NV`.
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Computational Instructions".
  package static func maximum(_ a: UInt32, _ b: UInt32, _ flags: inout FloatFlags) -> UInt32 {
    let x = Float(bitPattern: a)
    let y = Float(bitPattern: b)
    if x < y { return b }
    if y < x { return a }
    if x == y { return a & b }
    return UInt32(truncatingIfNeeded: numberBesideNaN(UInt64(a), UInt64(b), in: .binary32, &flags))
  }

  /// `FMAX.D`: the greater of two numbers, +0 being greater than −0.
  ///
  /// A NaN beside a number is ignored, two give the canonical NaN; a signaling one raises `NV`.
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Computational Instructions".
  package static func maximum(_ a: UInt64, _ b: UInt64, _ flags: inout FloatFlags) -> UInt64 {
    let x = Double(bitPattern: a)
    let y = Double(bitPattern: b)
    if x < y { return b }
    if y < x { return a }
    if x == y { return a & b }
    return numberBesideNaN(a, b, in: .binary64, &flags)
  }

  /// `FEQ.S`: a = b. Quiet: only a signaling NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Compare Instructions".
  package static func isEqual(_ a: UInt32, _ b: UInt32, _ flags: inout FloatFlags) -> Bool {
    if Float(bitPattern: a) == Float(bitPattern: b) { return true }
    _ = FloatFormat.binary32.nan(from: UInt64(a), UInt64(b), &flags)
    return false
  }

  /// `FEQ.D`: a = b. Quiet: only a signaling NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Compare Instructions".
  package static func isEqual(_ a: UInt64, _ b: UInt64, _ flags: inout FloatFlags) -> Bool {
    if Double(bitPattern: a) == Double(bitPattern: b) { return true }
    _ = FloatFormat.binary64.nan(from: a, b, &flags)
    return false
  }

  /// `FLT.S`: a < b. Signaling: any NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Compare Instructions".
  package static func isLess(_ a: UInt32, _ b: UInt32, _ flags: inout FloatFlags) -> Bool {
    let x = Float(bitPattern: a)
    let y = Float(bitPattern: b)
    if x.isNaN || y.isNaN { flags.raise(.invalid) }
    return x < y
  }

  /// `FLT.D`: a < b. Signaling: any NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Compare Instructions".
  package static func isLess(_ a: UInt64, _ b: UInt64, _ flags: inout FloatFlags) -> Bool {
    let x = Double(bitPattern: a)
    let y = Double(bitPattern: b)
    if x.isNaN || y.isNaN { flags.raise(.invalid) }
    return x < y
  }

  /// `FLE.S`: a ≤ b. Signaling: any NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Compare Instructions".
  package static func isLessOrEqual(_ a: UInt32, _ b: UInt32, _ flags: inout FloatFlags) -> Bool {
    let x = Float(bitPattern: a)
    let y = Float(bitPattern: b)
    if x.isNaN || y.isNaN { flags.raise(.invalid) }
    return x <= y
  }

  /// `FLE.D`: a ≤ b. Signaling: any NaN raises `NV`.
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Compare Instructions".
  package static func isLessOrEqual(_ a: UInt64, _ b: UInt64, _ flags: inout FloatFlags) -> Bool {
    let x = Double(bitPattern: a)
    let y = Double(bitPattern: b)
    if x.isNaN || y.isNaN { flags.raise(.invalid) }
    return x <= y
  }

  /// The operand that is a number, if there is one, of two that are not both numbers.
  private static func numberBesideNaN(
    _ a: UInt64, _ b: UInt64, in format: FloatFormat, _ flags: inout FloatFlags
  ) -> UInt64 {
    let nan = format.nan(from: a, b, &flags)
    if !format.isNaN(a) { return a }
    return format.isNaN(b) ? nan : b
  }
}
