import RISCV
import Testing

/// What must hold among the five rounding modes of one operation, whatever the operation is.
struct FloatRoundingTests {
  typealias Operation = @Sendable (UInt64, UInt64, UInt64, RoundingMode, inout FloatFlags) -> UInt64

  static let wideOperations: [Operation] = [
    { a, b, _, rounding, flags in SoftFloat.add(a, b, rounding, &flags) },
    { a, b, _, rounding, flags in SoftFloat.multiply(a, b, rounding, &flags) },
    { a, b, _, rounding, flags in SoftFloat.divide(a, b, rounding, &flags) },
    { a, _, _, rounding, flags in SoftFloat.squareRoot(a, rounding, &flags) },
    { a, b, c, rounding, flags in SoftFloat.fusedMultiplyAdd(a, b, c, rounding, &flags) },
    { a, _, _, rounding, flags in UInt64(SoftFloat.convertToSingle(a, rounding, &flags)) },
  ]

  static let narrowOperations: [Operation] = [
    { a, b, _, rounding, flags in UInt64(SoftFloat.add(UInt32(a), UInt32(b), rounding, &flags)) },
    { a, b, _, rounding, flags in UInt64(SoftFloat.multiply(UInt32(a), UInt32(b), rounding, &flags)) },
    { a, b, _, rounding, flags in UInt64(SoftFloat.divide(UInt32(a), UInt32(b), rounding, &flags)) },
    { a, _, _, rounding, flags in UInt64(SoftFloat.squareRoot(UInt32(a), rounding, &flags)) },
    { a, b, c, rounding, flags in
      UInt64(SoftFloat.fusedMultiplyAdd(UInt32(a), UInt32(b), UInt32(c), rounding, &flags))
    },
  ]

  @Test("An accrued inexact flag changes neither the result nor the flags raised", arguments: RoundingMode.allCases)
  func accruedInexact(rounding: RoundingMode) {
    func check(_ operation: Operation, _ a: UInt64, _ b: UInt64, _ c: UInt64) {
      var first = FloatFlags()
      let computed = operation(a, b, c, rounding, &first)
      var second = FloatFlags.inexact
      let again = operation(a, b, c, rounding, &second)
      #expect(computed == again)
      #expect(second == first.union(.inexact))
    }
    var operands = FloatOperands(seed: 6)
    for _ in 0..<3000 {
      let wide = (operands.binary64(), operands.binary64(), operands.binary64())
      let narrow = (operands.binary32(), operands.binary32(), operands.binary32())
      for operation in Self.wideOperations { check(operation, wide.0, wide.1, wide.2) }
      for operation in Self.narrowOperations { check(operation, UInt64(narrow.0), UInt64(narrow.1), UInt64(narrow.2)) }
    }
  }

  @Test(
    "Down and up are neighbours unless the result is exact, and every mode gives one of the two",
    arguments: wideOperations.dropLast().indices, [false, true])
  func neighbours(index: Int, isNarrow: Bool) {
    let operation = isNarrow ? Self.narrowOperations[index] : Self.wideOperations[index]
    var operands = FloatOperands(seed: 5)
    func operand() -> UInt64 { isNarrow ? UInt64(operands.binary32()) : operands.binary64() }
    for _ in 0..<5000 {
      let (a, b, c) = (operand(), operand(), operand())
      func result(_ rounding: RoundingMode) -> (bits: UInt64, flags: FloatFlags) {
        var flags = FloatFlags()
        let bits = operation(a, b, c, rounding, &flags)
        return (bits, flags)
      }
      func value(_ bits: UInt64) -> Double {
        isNarrow ? Double(Float(bitPattern: UInt32(bits))) : Double(bitPattern: bits)
      }
      let (down, up) = (result(.down), result(.up))
      let (low, high) = (value(down.bits), value(up.bits))
      let others = [result(.nearestEven), result(.nearestMaxMagnitude), result(.towardZero)]
      if down.flags.contains(.inexact) {
        #expect(high == (isNarrow ? Double(Float(low).nextUp) : low.nextUp))
        #expect(others.allSatisfy { $0.bits == down.bits || $0.bits == up.bits })
        #expect(up.flags.contains(.inexact) && others.allSatisfy { $0.flags.contains(.inexact) })
        #expect(others[2].bits == (high <= 0 ? up.bits : down.bits))
      } else {
        // Exact, or no number: only an exact zero may depend on the mode, by its sign.
        #expect(low.isNaN ? down.bits == up.bits : low == high)
        #expect(others.allSatisfy { $0.bits == up.bits && $0.flags == up.flags })
      }
    }
  }

  @Test("Down is not above the exact value, up is not below it")
  func enclosure() {
    var operands = FloatOperands(seed: 7)
    /// With 53 random bits and an exponent near 0, so that no product of two underflows.
    func operand() -> Double {
      Double(bitPattern: operands.next() & 0xf_ffff_ffff_ffff | (1023 - 30 + operands.next() % 60) << 52)
    }
    for _ in 0..<3000 {
      let (x, y) = (operand(), operand())
      let (a, b) = (x.bitPattern, y.bitPattern)
      // The host's fused multiply-add has the sign of the exact difference.
      for (rounding, sign) in [(RoundingMode.down, 1.0), (.up, -1.0)] {
        var flags = FloatFlags()
        let product = Double(bitPattern: SoftFloat.multiply(a, b, rounding, &flags))
        #expect((-product).addingProduct(x, y) * sign >= 0)
        let quotient = Double(bitPattern: SoftFloat.divide(a, b, rounding, &flags))
        #expect(x.addingProduct(-quotient, y) * sign >= 0)
        let root = Double(bitPattern: SoftFloat.squareRoot(a, rounding, &flags))
        #expect(x.addingProduct(-root, root) * sign >= 0)
        let sum = Double(bitPattern: SoftFloat.add(a, b, rounding, &flags))
        #expect((max(x, y) - sum + min(x, y)) * sign >= 0)
      }
    }
  }

  @Test("A result that underflows is tiny after rounding and inexact", arguments: RoundingMode.allCases)
  func underflow(rounding: RoundingMode) {
    let roundsUp = rounding != .towardZero && rounding != .down
    let smallestNormal = 0x1p-1022.bitPattern
    let narrowSmallestNormal = (0x1p-126 as Float).bitPattern
    for before in [FloatFlags(), .inexact] {
      // The largest number below the smallest normal one that there would be if exponents were unbounded. It is tiny
      // even where it is rounded to a normal number.
      var flags = before
      let product = SoftFloat.multiply((1.0 - 0x1p-53).bitPattern, smallestNormal, rounding, &flags)
      #expect(product == (roundsUp ? smallestNormal : smallestNormal - 1))
      #expect(flags == [.underflow, .inexact])
      flags = before
      let narrow = SoftFloat.multiply((1.0 - 0x1p-24 as Float).bitPattern, narrowSmallestNormal, rounding, &flags)
      #expect(narrow == (roundsUp ? narrowSmallestNormal : narrowSmallestNormal - 1))
      #expect(flags == [.underflow, .inexact])
      // 1 − 2^-60 times the smallest normal number: where it is rounded up, so it would be with unbounded exponents.
      flags = before
      let tiny = (-0x1p-1074).bitPattern
      let sum = SoftFloat.fusedMultiplyAdd(0x1p-8.bitPattern, tiny, smallestNormal, rounding, &flags)
      #expect(sum == (roundsUp ? smallestNormal : smallestNormal - 1))
      #expect(flags == (roundsUp ? .inexact : [.underflow, .inexact]))
      // Subnormal and exact.
      flags = before
      #expect(SoftFloat.multiply(0.5.bitPattern, smallestNormal, rounding, &flags) == smallestNormal >> 1)
      #expect(flags == before)
    }
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
