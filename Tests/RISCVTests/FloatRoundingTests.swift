import RISCV
import Testing

/// What must hold among the five rounding modes of one operation, whatever the operation is.
struct FloatRoundingTests {
  typealias Operation = @Sendable (UInt64, UInt64, UInt64, RoundingMode, inout FloatFlags) -> UInt64

  static let operations: [(name: String, apply: Operation)] = [
    ("add", { a, b, _, rounding, flags in SoftFloat.add(a, b, rounding, &flags) }),
    ("multiply", { a, b, _, rounding, flags in SoftFloat.multiply(a, b, rounding, &flags) }),
    ("divide", { a, b, _, rounding, flags in SoftFloat.divide(a, b, rounding, &flags) }),
    ("squareRoot", { a, _, _, rounding, flags in SoftFloat.squareRoot(a, rounding, &flags) }),
    ("fusedMultiplyAdd", { a, b, c, rounding, flags in SoftFloat.fusedMultiplyAdd(a, b, c, rounding, &flags) }),
  ]

  @Test("Down and up enclose the exact value, and every mode gives one of the two", arguments: 0..<operations.count)
  func enclosure(index: Int) {
    let operation = Self.operations[index]
    var operands = FloatOperands(seed: 5)
    for _ in 0..<5000 {
      let (a, b, c) = (operands.binary64(), operands.binary64(), operands.binary64())
      func result(_ rounding: RoundingMode) -> (bits: UInt64, flags: FloatFlags) {
        var flags = FloatFlags()
        let bits = operation.apply(a, b, c, rounding, &flags)
        return (bits, flags)
      }
      let (down, up) = (result(.down), result(.up))
      let (low, high) = (Double(bitPattern: down.bits), Double(bitPattern: up.bits))
      let others = [result(.nearestEven), result(.nearestMaxMagnitude), result(.towardZero)]
      if down.flags.contains(.inexact) {
        #expect(high == low.nextUp)
        #expect(others.allSatisfy { $0.bits == down.bits || $0.bits == up.bits })
        #expect(others[2].bits == (high <= 0 ? up.bits : down.bits))
      } else {
        // Exact, or no number: only an exact zero may depend on the mode, by its sign.
        #expect(low.isNaN ? down.bits == up.bits : low == high)
        #expect(others.allSatisfy { $0.bits == up.bits && $0.flags == up.flags })
      }
    }
  }

  @Test("A result that underflows is tiny after rounding and inexact", arguments: RoundingMode.allCases)
  func underflow(rounding: RoundingMode) {
    // The largest number below the smallest normal one, that binary64 would hold if exponents were unbounded.
    let below = (1.0 - 0x1p-53).bitPattern
    let smallestNormal = 0x1p-1022.bitPattern
    var flags = FloatFlags()
    let result = SoftFloat.multiply(below, smallestNormal, rounding, &flags)
    switch rounding {
    case .towardZero, .down:
      #expect(result == smallestNormal - 1)
      #expect(flags == [.underflow, .inexact])
    case .up, .nearestEven, .nearestMaxMagnitude:
      // Tiny although it is rounded to a normal number, because with an unbounded exponent it would not be.
      #expect(result == smallestNormal)
      #expect(flags == [.underflow, .inexact])
    }
    // Exactly subnormal: no flag at all.
    flags = []
    #expect(SoftFloat.multiply(0x1p-1.bitPattern, smallestNormal, rounding, &flags) == smallestNormal >> 1)
    #expect(flags.isEmpty)
    // 1 − 2^-60 times the smallest normal number rounds to it even with an unbounded exponent where modes round up.
    flags = []
    let tiny = (-0x1p-1022 * 0x1p-52).bitPattern
    let sum = SoftFloat.fusedMultiplyAdd(0x1p-8.bitPattern, tiny, smallestNormal, rounding, &flags)
    let roundsUp = rounding != .towardZero && rounding != .down
    #expect(sum == (roundsUp ? smallestNormal : smallestNormal - 1))
    #expect(flags == (roundsUp ? .inexact : [.underflow, .inexact]))
  }

  @Test("Overflow gives infinity or the largest finite number, by mode and sign", arguments: RoundingMode.allCases)
  func overflow(rounding: RoundingMode) {
    let largest = Double.greatestFiniteMagnitude.bitPattern
    let infinity = Double.infinity.bitPattern
    let sign = (1 as UInt64) << 63
    for isNegative in [false, true] {
      var flags = FloatFlags()
      let operand = isNegative ? largest | sign : largest
      let staysFinite = rounding == .towardZero || rounding == (isNegative ? .up : .down)
      let magnitude = staysFinite ? largest : infinity
      #expect(SoftFloat.add(operand, operand, rounding, &flags) == (isNegative ? magnitude | sign : magnitude))
      #expect(flags == [.overflow, .inexact])
    }
  }

  @Test("A sum of zero from unlike signs is +0, or −0 when rounding down", arguments: RoundingMode.allCases)
  func exactZero(rounding: RoundingMode) {
    let expected: Double = rounding == .down ? -0.0 : 0.0
    let zero = expected.bitPattern
    let narrowZero = Float(expected).bitPattern
    var flags = FloatFlags()
    #expect(SoftFloat.add(1.5.bitPattern, (-1.5).bitPattern, rounding, &flags) == zero)
    #expect(SoftFloat.subtract(0.0.bitPattern, 0.0.bitPattern, rounding, &flags) == zero)
    #expect(SoftFloat.add((-0.0).bitPattern, (-0.0).bitPattern, rounding, &flags) == (-0.0).bitPattern)
    #expect(
      SoftFloat.fusedMultiplyAdd(2.0.bitPattern, 3.0.bitPattern, (-6.0).bitPattern, rounding, &flags) == zero)
    #expect(
      SoftFloat.fusedMultiplyAdd(0.0.bitPattern, 3.0.bitPattern, (-0.0).bitPattern, rounding, &flags) == zero)
    let (one, minusOne) = ((1.0 as Float).bitPattern, (-1.0 as Float).bitPattern)
    #expect(SoftFloat.add(one, minusOne, rounding, &flags) == narrowZero)
    #expect(SoftFloat.fusedMultiplyAdd(one, one, minusOne, rounding, &flags) == narrowZero)
    #expect(flags.isEmpty)
  }
}
