// FCLASS.

extension SoftFloat {
  /// `FCLASS.S`: a mask with one bit set, from 0 (−∞) up by value to 7 (+∞), then 8 (signaling NaN) and 9 (quiet NaN).
  ///
  /// RISC-V Unprivileged ISA, "Single-Precision Floating-Point Classify Instruction".
  package static func classify(_ a: UInt32) -> UInt64 { classify(UInt64(a), in: .binary32) }

  /// `FCLASS.D`: a mask with one bit set, from 0 (−∞) up by value to 7 (+∞), then 8 (signaling NaN) and 9 (quiet NaN).
  ///
  /// RISC-V Unprivileged ISA, "Double-Precision Floating-Point Classify Instruction".
  package static func classify(_ a: UInt64) -> UInt64 { classify(a, in: .binary64) }

  @inline(__always)
  private static func classify(_ a: UInt64, in format: FloatFormat) -> UInt64 {
    if format.isNaN(a) { return format.isSignalingNaN(a) ? 1 << 8 : 1 << 9 }
    let isNegative = format.isNegative(a)
    if format.isInfinite(a) { return isNegative ? 1 << 0 : 1 << 7 }
    if format.isZero(a) { return isNegative ? 1 << 3 : 1 << 4 }
    if format.exponentField(a) == 0 { return isNegative ? 1 << 2 : 1 << 5 }
    return isNegative ? 1 << 1 : 1 << 6
  }
}
