/// How an inexact result is rounded; the raw value is the encoding in `frm` and in the `rm` field of an instruction.
///
/// Encodings 5 and 6 are reserved and 7 (`DYN`) selects `frm`, so none of the three is a case here: the caller resolves
/// them before it computes.
/// RISC-V Unprivileged ISA, "Floating-Point Control and Status Register".
package enum RoundingMode: UInt8, CaseIterable, Sendable {
  /// `RNE`: to the nearest value, a tie to the one with an even significand.
  case nearestEven = 0
  /// `RTZ`: towards zero.
  case towardZero
  /// `RDN`: towards negative infinity.
  case down
  /// `RUP`: towards positive infinity.
  case up
  /// `RMM`: to the nearest value, a tie to the one of larger magnitude.
  case nearestMaxMagnitude
}

/// The accrued exceptions, in the layout of `fflags`. Operations only ever add to them.
///
/// RISC-V Unprivileged ISA, "Floating-Point Control and Status Register".
package struct FloatFlags: OptionSet, Sendable {
  /// The five low bits of `fcsr`.
  package var rawValue: UInt8

  /// Makes the set from the bits of `fflags`.
  @inline(__always)
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `NX`: the result was rounded.
  package static var inexact: FloatFlags { FloatFlags(rawValue: 1) }
  /// `UF`: the result is tiny, as seen after rounding, and inexact.
  package static var underflow: FloatFlags { FloatFlags(rawValue: 2) }
  /// `OF`: the rounded result is too large for the format.
  package static var overflow: FloatFlags { FloatFlags(rawValue: 4) }
  /// `DZ`: a finite nonzero number was divided by zero.
  package static var divideByZero: FloatFlags { FloatFlags(rawValue: 8) }
  /// `NV`: the operation has no defined result for these operands.
  package static var invalid: FloatFlags { FloatFlags(rawValue: 16) }

  // OptionSet's own `insert` and `contains` are generic; these two stay direct calls in a debug build as well.

  /// Accrues `flag`.
  @inline(__always)
  mutating func raise(_ flag: FloatFlags) { rawValue |= flag.rawValue }

  /// Whether `NX` is already accrued, so that an operation which can raise nothing else need not find out whether it
  /// is exact.
  @inline(__always)
  var isInexact: Bool { rawValue & 1 != 0 }
}
