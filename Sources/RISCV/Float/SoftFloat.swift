/// The arithmetic of the F and D extensions, on bit patterns: `UInt32` is binary32 and `UInt64` is binary64.
///
/// Results and flags depend on nothing but the arguments. Every operation is done in integers; a NaN result is always
/// the canonical one. An operation that returns a float or an integer adds to `flags` what it raises and never clears.
/// NaN boxing, the reserved rounding modes and the signs of the negated multiply-add instructions (flip bits of the
/// operands) are the caller's.
///
/// Some operations first try the host's own floating point, where it can be shown to give the same bits and flags. All
/// those places lean on the following, and say what they add to it.
///
/// HOST: outside this folder nobody changes the host's floating-point environment, so `Float` and `Double` round to
/// nearest, ties to even, and neither flush nor replace subnormals; `+ - * /` and `squareRoot()` are correctly rounded
/// (IEEE 754, which Swift requires of them). So in mode `nearestEven` the host's result has the right bits unless it is
/// NaN, and what is left to establish is the flags:
/// - A finite host result rules out NaN and overflow, and with the operands of the operation in question infinities and
///   division by zero. That leaves `NX` and `UF`.
/// - `UF` is out of the question if the result's exponent field is 2 or more (`isSafelyNormal`): the rounded result is
///   then at least twice the smallest normal number, so it is not tiny. Field 1 would not do: a tiny number rounded up
///   to the smallest normal number has it too.
/// - `NX` need not be computed if it is already accrued, which in floating-point code is nearly always. Else the host's
///   result is taken only if it can be shown to be exact; the first inexact result takes the integer path, once.
package enum SoftFloat {}

extension Float {
  /// Finite, normal and not near underflow (see `SoftFloat`, HOST).
  @inline(__always)
  var isSafelyNormal: Bool { bitPattern &<< 1 &- 0x0200_0000 < 0xfd00_0000 }
  /// How many zeros the significand ends with, the leading one counted as one; of zero and subnormals, at most 23.
  @inline(__always)
  var trailingSignificandZeros: Int { (bitPattern | 0x0080_0000).trailingZeroBitCount }
}

extension Double {
  /// Finite, normal and not near underflow (see `SoftFloat`, HOST).
  @inline(__always)
  var isSafelyNormal: Bool { bitPattern &<< 1 &- 0x0040_0000_0000_0000 < 0xffa0_0000_0000_0000 }
  /// How many zeros the significand ends with, the leading one counted as one; of zero and subnormals, at most 52.
  @inline(__always)
  var trailingSignificandZeros: Int { (bitPattern | 0x0010_0000_0000_0000).trailingZeroBitCount }
}
