import RISCV
import Testing

/// The host's floating point as oracle for results to nearest even, and Swift's rounding rules for integers.
///
/// Without the inexact flag every inexact result comes from the integer path, with it nearly every one from the host.
struct FloatHostTests {
  private static let rounds = 10_000

  @Test("Binary64 arithmetic to nearest even gives the host's bits", arguments: [FloatFlags(rawValue: 0), .inexact])
  func binary64(before: FloatFlags) {
    var operands = FloatOperands(seed: 1)
    for _ in 0..<Self.rounds {
      let (a, b, c) = (operands.binary64(), operands.binary64(), operands.binary64())
      let (x, y, z) = (Double(bitPattern: a), Double(bitPattern: b), Double(bitPattern: c))
      var flags = before
      expect(SoftFloat.add(a, b, .nearestEven, &flags), x + y)
      expect(SoftFloat.subtract(a, b, .nearestEven, &flags), x - y)
      flags = before
      expect(SoftFloat.multiply(a, b, .nearestEven, &flags), x * y)
      flags = before
      expect(SoftFloat.divide(a, b, .nearestEven, &flags), x / y)
      flags = before
      expect(SoftFloat.squareRoot(a, .nearestEven, &flags), x.squareRoot())
      flags = before
      expect(SoftFloat.fusedMultiplyAdd(a, b, c, .nearestEven, &flags), z.addingProduct(x, y))
      let near = (x * y).nextUp.bitPattern ^ 1 << 63
      expect(SoftFloat.fusedMultiplyAdd(a, b, near, .nearestEven, &flags), Double(bitPattern: near).addingProduct(x, y))
      flags = before
      expect(UInt64(SoftFloat.convertToSingle(a, .nearestEven, &flags)), Float(x))
    }
  }

  @Test("Binary32 arithmetic to nearest even gives the host's bits", arguments: [FloatFlags(rawValue: 0), .inexact])
  func binary32(before: FloatFlags) {
    var operands = FloatOperands(seed: 2)
    for _ in 0..<Self.rounds {
      let (a, b, c) = (operands.binary32(), operands.binary32(), operands.binary32())
      let (x, y, z) = (Float(bitPattern: a), Float(bitPattern: b), Float(bitPattern: c))
      var flags = before
      expect(UInt64(SoftFloat.add(a, b, .nearestEven, &flags)), x + y)
      flags = before
      expect(UInt64(SoftFloat.subtract(a, b, .nearestEven, &flags)), x - y)
      flags = before
      expect(UInt64(SoftFloat.multiply(a, b, .nearestEven, &flags)), x * y)
      flags = before
      expect(UInt64(SoftFloat.divide(a, b, .nearestEven, &flags)), x / y)
      flags = before
      expect(UInt64(SoftFloat.squareRoot(a, .nearestEven, &flags)), x.squareRoot())
      flags = before
      expect(UInt64(SoftFloat.fusedMultiplyAdd(a, b, c, .nearestEven, &flags)), z.addingProduct(x, y))
      flags = before
      expect(SoftFloat.convertToDouble(a, &flags), Double(x))
    }
  }

  @Test("Conversion to an integer rounds as Swift does, and says so", arguments: RoundingMode.allCases)
  func toInteger(rounding: RoundingMode) {
    let rule: FloatingPointRoundingRule =
      switch rounding {
      case .nearestEven: .toNearestOrEven
      case .towardZero: .towardZero
      case .down: .down
      case .up: .up
      case .nearestMaxMagnitude: .toNearestOrAwayFromZero
      }
    func check<Value: FixedWidthInteger>(
      _ x: Double, _ convert: (RoundingMode, inout FloatFlags) -> Value
    ) {
      var flags = FloatFlags()
      let result = convert(rounding, &flags)
      let rounded = x.rounded(rule)
      if let expected = Value(exactly: rounded) {
        #expect(result == expected && flags == (rounded == x ? [] : .inexact), "\(x)")
      } else {
        #expect(result == (x < 0 ? .min : .max) && flags == .invalid, "\(x)")
      }
    }
    var operands = FloatOperands(seed: 3)
    for _ in 0..<2000 {
      // Exponents from below a half to above every range.
      let exponent = 1020 + operands.next() % 70
      let a = operands.binary64() & ~(0x7ff << 52) | exponent << 52
      let x = Double(bitPattern: a)
      check(x) { SoftFloat.toInt32(a, $0, &$1) }
      check(x) { SoftFloat.toUInt32(a, $0, &$1) }
      check(x) { SoftFloat.toInt64(a, $0, &$1) }
      check(x) { SoftFloat.toUInt64(a, $0, &$1) }
      let narrow = Float(x)
      check(Double(narrow)) { SoftFloat.toInt32(narrow.bitPattern, $0, &$1) }
      check(Double(narrow)) { SoftFloat.toUInt32(narrow.bitPattern, $0, &$1) }
      check(Double(narrow)) { SoftFloat.toInt64(narrow.bitPattern, $0, &$1) }
      check(Double(narrow)) { SoftFloat.toUInt64(narrow.bitPattern, $0, &$1) }
    }
  }

  @Test("Conversion from an integer to nearest even gives the host's bits, and says when it rounded")
  func fromInteger() {
    func check<Value: BinaryFloatingPoint>(_ bits: UInt64, _ expected: Value, isExact: Bool, _ flags: FloatFlags) {
      expect(bits, expected)
      #expect(flags == (isExact ? [] : .inexact))
    }
    var operands = FloatOperands(seed: 4)
    for _ in 0..<Self.rounds {
      let value = Int64(bitPattern: operands.next()) >> (operands.next() % 64)
      let magnitude = UInt64(bitPattern: value)
      var flags = FloatFlags()
      let single = SoftFloat.single(from: value, .nearestEven, &flags)
      check(UInt64(single), Float(value), isExact: Float(exactly: value) != nil, flags)
      flags = []
      let double = SoftFloat.double(from: value, .nearestEven, &flags)
      check(double, Double(value), isExact: Double(exactly: value) != nil, flags)
      flags = []
      let unsignedSingle = SoftFloat.single(from: magnitude, .nearestEven, &flags)
      check(UInt64(unsignedSingle), Float(magnitude), isExact: Float(exactly: magnitude) != nil, flags)
      flags = []
      let unsignedDouble = SoftFloat.double(from: magnitude, .nearestEven, &flags)
      check(unsignedDouble, Double(magnitude), isExact: Double(exactly: magnitude) != nil, flags)
    }
  }

  /// The host's NaNs have signs and payloads; ours is always the canonical one.
  private func expect<Value: BinaryFloatingPoint>(
    _ bits: UInt64, _ host: Value, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let expected: UInt64
    if let value = host as? Double {
      expected = value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern
    } else {
      let value = Float(host)
      expected = value.isNaN ? 0x7fc0_0000 : UInt64(value.bitPattern)
    }
    if bits != expected {
      Issue.record(
        "\(String(bits, radix: 16)) instead of \(String(expected, radix: 16))", sourceLocation: sourceLocation)
    }
  }
}
