import RISCV
import Testing

/// Values that the RISC-V Unprivileged ISA states one by one, in both formats.
struct FloatSpecialValueTests {
  private static let quiet: UInt64 = 0x7ff8_0000_0000_0001
  private static let signaling: UInt64 = 0xfff0_0000_0000_0001
  private static let canonical: UInt64 = 0x7ff8_0000_0000_0000
  private static let narrowQuiet: UInt32 = 0x7fc0_0001
  private static let narrowCanonical: UInt32 = 0x7fc0_0000
  private static let infinity = Double.infinity.bitPattern
  private static let minusInfinity = (-Double.infinity).bitPattern
  private static let one = 1.0.bitPattern
  private static let zero = 0.0.bitPattern

  @Test("Every class of number has its bit")
  func classify() {
    let doubles: [Double] = [
      -.infinity, -1, -.leastNonzeroMagnitude, -0.0, 0.0, .leastNonzeroMagnitude, 1, .infinity, .signalingNaN, .nan,
    ]
    let singles: [Float] = [
      -.infinity, -1, -.leastNonzeroMagnitude, -0.0, 0.0, .leastNonzeroMagnitude, 1, .infinity, .signalingNaN, .nan,
    ]
    for bit in 0..<10 {
      #expect(SoftFloat.classify(doubles[bit].bitPattern) == 1 << UInt64(bit))
      #expect(SoftFloat.classify(singles[bit].bitPattern) == 1 << UInt64(bit))
    }
  }

  /// Two operands in either order, their minimum, their maximum, and what both raise.
  private static let extremes: [(a: UInt64, b: UInt64, least: UInt64, greatest: UInt64, raised: FloatFlags)] = [
    (1.0.bitPattern, 2.0.bitPattern, 1.0.bitPattern, 2.0.bitPattern, []),
    ((-1.0).bitPattern, (-2.0).bitPattern, (-2.0).bitPattern, (-1.0).bitPattern, []),
    ((-0.0).bitPattern, zero, (-0.0).bitPattern, zero, []),
    (minusInfinity, infinity, minusInfinity, infinity, []),
    (quiet, one, one, one, []),
    (signaling, one, one, one, .invalid),
    (quiet, quiet, canonical, canonical, []),
    (quiet, signaling, canonical, canonical, .invalid),
  ]

  @Test("Minimum and maximum order the zeros and prefer a number to a NaN", arguments: extremes)
  func minimumAndMaximum(a: UInt64, b: UInt64, least: UInt64, greatest: UInt64, raised: FloatFlags) {
    for (first, second) in [(a, b), (b, a)] {
      var flags = FloatFlags()
      #expect(SoftFloat.minimum(first, second, &flags) == least)
      #expect(flags == raised)
      flags = []
      #expect(SoftFloat.maximum(first, second, &flags) == greatest)
      #expect(flags == raised)
      flags = []
      #expect(SoftFloat.minimum(first.narrowed, second.narrowed, &flags) == least.narrowed)
      #expect(flags == raised)
      flags = []
      #expect(SoftFloat.maximum(first.narrowed, second.narrowed, &flags) == greatest.narrowed)
      #expect(flags == raised)
    }
  }

  @Test("Equality is quiet, order is signaling", arguments: [quiet, signaling])
  func comparison(nan: UInt64) {
    for (a, b) in [(nan, Self.one), (Self.one, nan), (nan, nan)] {
      let equality: FloatFlags = nan == Self.quiet ? [] : .invalid
      var flags = FloatFlags()
      #expect(!SoftFloat.isEqual(a, b, &flags) && flags == equality)
      flags = []
      #expect(!SoftFloat.isEqual(a.narrowed, b.narrowed, &flags) && flags == equality)
      flags = []
      #expect(!SoftFloat.isLess(a, b, &flags) && flags == .invalid)
      flags = []
      #expect(!SoftFloat.isLess(a.narrowed, b.narrowed, &flags) && flags == .invalid)
      flags = []
      #expect(!SoftFloat.isLessOrEqual(a, b, &flags) && flags == .invalid)
      flags = []
      #expect(!SoftFloat.isLessOrEqual(a.narrowed, b.narrowed, &flags) && flags == .invalid)
    }
    var flags = FloatFlags()
    #expect(SoftFloat.isEqual(Self.zero, (-0.0).bitPattern, &flags))
    #expect(!SoftFloat.isLess((-0.0).bitPattern, Self.zero, &flags))
    #expect(flags.isEmpty)
  }

  @Test("A NaN operand gives the canonical NaN, and a signaling one is invalid", arguments: RoundingMode.allCases)
  func nanOperands(rounding: RoundingMode) {
    for (nan, raised) in [(Self.quiet, FloatFlags()), (Self.signaling, .invalid)] {
      func check(_ operation: (inout FloatFlags) -> UInt64) {
        var flags = FloatFlags()
        #expect(operation(&flags) == Self.canonical)
        #expect(flags == raised)
      }
      check { SoftFloat.add(nan, Self.one, rounding, &$0) }
      check { SoftFloat.subtract(Self.infinity, nan, rounding, &$0) }
      check { SoftFloat.multiply(nan, Self.zero, rounding, &$0) }
      check { SoftFloat.divide(Self.one, nan, rounding, &$0) }
      check { SoftFloat.squareRoot(nan, rounding, &$0) }
      check { SoftFloat.fusedMultiplyAdd(Self.one, Self.one, nan, rounding, &$0) }
      check { SoftFloat.convertToDouble(nan.narrowed, &$0) }
      var flags = FloatFlags()
      #expect(SoftFloat.convertToSingle(nan, rounding, &flags) == Self.narrowCanonical)
      #expect(flags == raised)
    }
  }

  @Test("Operations without a result are invalid, division by zero is not", arguments: RoundingMode.allCases)
  func undefined(rounding: RoundingMode) {
    func check(_ expected: UInt64, _ raised: FloatFlags, _ operation: (inout FloatFlags) -> UInt64) {
      var flags = FloatFlags()
      #expect(operation(&flags) == expected)
      #expect(flags == raised)
    }
    check(Self.canonical, .invalid) { SoftFloat.add(Self.infinity, Self.minusInfinity, rounding, &$0) }
    check(Self.canonical, .invalid) { SoftFloat.subtract(Self.infinity, Self.infinity, rounding, &$0) }
    check(Self.canonical, .invalid) { SoftFloat.multiply(Self.zero, Self.minusInfinity, rounding, &$0) }
    check(Self.canonical, .invalid) { SoftFloat.divide(Self.zero, Self.zero, rounding, &$0) }
    check(Self.canonical, .invalid) { SoftFloat.divide(Self.infinity, Self.minusInfinity, rounding, &$0) }
    check(Self.canonical, .invalid) { SoftFloat.squareRoot((-1.0).bitPattern, rounding, &$0) }
    check(Self.canonical, .invalid) {
      SoftFloat.fusedMultiplyAdd(Self.infinity, Self.one, Self.minusInfinity, rounding, &$0)
    }
    // The addend is a quiet NaN, and still infinity times zero is invalid.
    check(Self.canonical, .invalid) {
      SoftFloat.fusedMultiplyAdd(Self.infinity, Self.zero, Self.quiet, rounding, &$0)
    }
    check(UInt64(Self.narrowCanonical), .invalid) {
      UInt64(
        SoftFloat.fusedMultiplyAdd(Self.zero.narrowed, Self.infinity.narrowed, Self.narrowQuiet, rounding, &$0))
    }
    check(Self.minusInfinity, .divideByZero) { SoftFloat.divide(Self.one, (-0.0).bitPattern, rounding, &$0) }
    check((-0.0).bitPattern, []) { SoftFloat.squareRoot((-0.0).bitPattern, rounding, &$0) }
  }

  /// An operand and what it becomes in each integer type.
  private static let saturated: [(a: UInt64, word: Int32, unsignedWord: UInt32, long: Int64, unsignedLong: UInt64)] = [
    (quiet, .max, .max, .max, .max),
    (signaling, .max, .max, .max, .max),
    (infinity, .max, .max, .max, .max),
    (minusInfinity, .min, 0, .min, 0),
    (1e30.bitPattern, .max, .max, .max, .max),
    ((-1e30).bitPattern, .min, 0, .min, 0),
  ]

  @Test("Values without an integer saturate, and raise nothing but invalid", arguments: saturated)
  func saturation(a: UInt64, word: Int32, unsignedWord: UInt32, long: Int64, unsignedLong: UInt64) {
    func check<Value: Equatable>(_ expected: Value, _ convert: (inout FloatFlags) -> Value) {
      var flags = FloatFlags()
      #expect(convert(&flags) == expected)
      #expect(flags == .invalid)
    }
    check(word) { SoftFloat.toInt32(a, .nearestEven, &$0) }
    check(unsignedWord) { SoftFloat.toUInt32(a, .nearestEven, &$0) }
    check(long) { SoftFloat.toInt64(a, .nearestEven, &$0) }
    check(unsignedLong) { SoftFloat.toUInt64(a, .nearestEven, &$0) }
    check(word) { SoftFloat.toInt32(a.narrowed, .nearestEven, &$0) }
    check(unsignedWord) { SoftFloat.toUInt32(a.narrowed, .nearestEven, &$0) }
    check(long) { SoftFloat.toInt64(a.narrowed, .nearestEven, &$0) }
    check(unsignedLong) { SoftFloat.toUInt64(a.narrowed, .nearestEven, &$0) }
  }
}

extension UInt64 {
  fileprivate var asDouble: Double { Double(bitPattern: self) }

  /// The like value in binary32: the same number, or a NaN of the same kind.
  fileprivate var narrowed: UInt32 {
    guard asDouble.isNaN else { return Float(asDouble).bitPattern }
    if self == 0x7ff8_0000_0000_0000 { return 0x7fc0_0000 }
    return self & 0x8_0000_0000_0000 != 0 ? 0x7fc0_0001 : 0xff80_0001
  }
}
