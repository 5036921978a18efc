/// A binary interchange format, seen through a `UInt64` that holds its encoding in the low bits.
///
/// Every operation is written once over this value instead of over a generic parameter: the two formats are constants,
/// the arithmetic is inlined, and so the widths fold away in an optimised build, while a debug build is spared the
/// witness calls of generic integers.
/// RISC-V Unprivileged ISA, ""F" Extension for Single-Precision Floating-Point" and ""D" Extension for
/// Double-Precision Floating-Point".
struct FloatFormat {
  /// Bits of the trailing significand: 23 or 52.
  let fractionWidth: Int
  /// Bits of the biased exponent: 8 or 11.
  let exponentWidth: Int

  /// The format of F.
  @inline(__always)
  static var binary32: FloatFormat { FloatFormat(fractionWidth: 23, exponentWidth: 8) }
  /// The format of D.
  @inline(__always)
  static var binary64: FloatFormat { FloatFormat(fractionWidth: 52, exponentWidth: 11) }

  /// The exponent field of infinities and NaNs.
  @inline(__always)
  var specialExponent: Int { (1 &<< exponentWidth) &- 1 }
  /// The exponent field of 1.0.
  @inline(__always)
  var bias: Int { (1 &<< (exponentWidth &- 1)) &- 1 }
  @inline(__always)
  var signBit: UInt64 { 1 &<< UInt64(truncatingIfNeeded: fractionWidth &+ exponentWidth) }
  @inline(__always)
  var magnitudeMask: UInt64 { signBit &- 1 }
  /// The lowest bit of the exponent field, which is also the implicit leading bit of a normal significand.
  @inline(__always)
  var leadingBit: UInt64 { 1 &<< UInt64(truncatingIfNeeded: fractionWidth) }
  /// The highest fraction bit: set in a quiet NaN, clear in a signaling one.
  @inline(__always)
  var quietBit: UInt64 { leadingBit &>> 1 }
  @inline(__always)
  var infinity: UInt64 { magnitudeMask &- (leadingBit &- 1) }
  /// The one NaN that arithmetic produces: positive, quiet, no payload.
  @inline(__always)
  var canonicalNaN: UInt64 { infinity | quietBit }
  @inline(__always)
  var largestFinite: UInt64 { infinity &- 1 }
  /// Bits of a working significand (see `WorkingFloat`) below the lowest bit that the format keeps: 39 or 10.
  @inline(__always)
  var excessWidth: Int { WorkingFloat.leadingPosition &- fractionWidth }

  @inline(__always)
  func isNegative(_ bits: UInt64) -> Bool { bits & signBit != 0 }
  @inline(__always)
  func magnitude(_ bits: UInt64) -> UInt64 { bits & magnitudeMask }
  @inline(__always)
  func exponentField(_ bits: UInt64) -> Int {
    Int(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: fractionWidth)) & specialExponent
  }
  @inline(__always)
  func fraction(_ bits: UInt64) -> UInt64 { bits & (leadingBit &- 1) }
  @inline(__always)
  func isNaN(_ bits: UInt64) -> Bool { magnitude(bits) > infinity }
  @inline(__always)
  func isSignalingNaN(_ bits: UInt64) -> Bool { isNaN(bits) && bits & quietBit == 0 }
  @inline(__always)
  func isInfinite(_ bits: UInt64) -> Bool { magnitude(bits) == infinity }
  @inline(__always)
  func isZero(_ bits: UInt64) -> Bool { magnitude(bits) == 0 }

  @inline(__always)
  func zero(negative: Bool) -> UInt64 { negative ? signBit : 0 }
  @inline(__always)
  func infinity(negative: Bool) -> UInt64 { negative ? signBit | infinity : infinity }

  /// The result of an operation that has a NaN among its operands: `NV` if any of them signals.
  @inline(__always)
  func nan(from a: UInt64, _ b: UInt64, _ flags: inout FloatFlags) -> UInt64 {
    if isSignalingNaN(a) || isSignalingNaN(b) { flags.raise(.invalid) }
    return canonicalNaN
  }

  /// The result of an operation that is not defined for its operands.
  @inline(__always)
  func invalid(_ flags: inout FloatFlags) -> UInt64 {
    flags.raise(.invalid)
    return canonicalNaN
  }
}
