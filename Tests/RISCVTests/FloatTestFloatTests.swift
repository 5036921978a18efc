import Foundation
import RISCV
import Testing

/// Every operation in every rounding mode against Berkeley TestFloat, which is not part of the repository.
///
/// Build `testfloat_gen` with `SPECIALIZE_TYPE=RISCV` and run
/// `VITRINE_TESTFLOAT=<its path> swift test -c release --filter FloatTestFloatTests`.
/// `VITRINE_TESTFLOAT_LEVEL=2` asks for TestFloat's long run, 24 million cases for each operation of two operands; those
/// of three stay at level 1, which is 6 million.
/// A debug build stops after 100 000 cases of an operation.
@Suite(
  .enabled(
    if: TestFloatOperation.generator != nil,
    "VITRINE_TESTFLOAT is not set to the path of Berkeley TestFloat's testfloat_gen"))
struct FloatTestFloatTests {
  @Test(
    "Berkeley TestFloat agrees on result and flags, whether or not the inexact flag was set before",
    arguments: TestFloatOperation.all, RoundingMode.allCases)
  func agreement(operation: TestFloatOperation, rounding: RoundingMode) throws {
    var caseCount = 0
    var mismatches: [String] = []
    try operation.forEachCase(rounding) { operands, expected, expectedFlags in
      caseCount += 1
      // The second run takes the paths that need not find out whether they are exact.
      for before in [FloatFlags(rawValue: 0), .inexact] {
        var flags = before
        let result = operation.apply(operands, rounding, &flags)
        if result != expected || flags.rawValue != expectedFlags | before.rawValue {
          let texts = (Array(operands.prefix(operation.operandCount)) + [expected, result]).map {
            String($0, radix: 16)
          }
          mismatches.append("\(texts) flags \(expectedFlags) got \(flags.rawValue), before \(before.rawValue)")
        }
      }
      return mismatches.count < 10
    }
    #expect(mismatches.isEmpty)
    #expect(caseCount >= 300)
  }
}

/// One function of `testfloat_gen` and what computes it here.
struct TestFloatOperation: CustomTestStringConvertible, Sendable {
  /// As `testfloat_gen` spells it.
  let name: String
  let operandCount: Int
  let apply: @Sendable ([UInt64], RoundingMode, inout FloatFlags) -> UInt64

  var testDescription: String { name }

  static let generator = ProcessInfo.processInfo.environment["VITRINE_TESTFLOAT"]
  static let level = ProcessInfo.processInfo.environment["VITRINE_TESTFLOAT_LEVEL"] ?? "1"

  #if DEBUG
    static let caseLimit = 100_000
  #else
    static let caseLimit = Int.max
  #endif

  /// Calls `body` with the operands, result and flags of each case until it returns false.
  func forEachCase(_ rounding: RoundingMode, _ body: ([UInt64], UInt64, UInt8) -> Bool) throws {
    let mode =
      switch rounding {
      case .nearestEven: "-rnear_even"
      case .towardZero: "-rminMag"
      case .down: "-rmin"
      case .up: "-rmax"
      case .nearestMaxMagnitude: "-rnear_maxMag"
      }
    let path = try #require(Self.generator)
    let level = operandCount == 3 ? "1" : Self.level
    let command = "'\(path)' -level \(level) \(mode) -tininessafter -exact \(name) 2>/dev/null"
    let stream = try #require(popen(command, "r"))
    defer { pclose(stream) }
    var fields = [UInt64](repeating: 0, count: operandCount + 2)
    var fieldCount = 0
    var caseCount = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let byteCount = fread(&buffer, 1, buffer.count, stream)
      if byteCount == 0 { return }
      for byte in buffer[..<byteCount] {
        switch byte {
        case UInt8(ascii: "\n"):
          try #require(fieldCount == operandCount + 1, "a line of \(name) has the wrong number of fields")
          caseCount += 1
          if caseCount > Self.caseLimit { return }
          if !body(fields, fields[operandCount], UInt8(fields[operandCount + 1])) { return }
          for index in fields.indices { fields[index] = 0 }
          fieldCount = 0
        case UInt8(ascii: " "): fieldCount += 1
        default:
          // A hexadecimal digit: the letters are in upper case.
          fields[fieldCount] = fields[fieldCount] << 4 | UInt64(byte < 58 ? byte - 48 : byte - 55)
        }
      }
    }
  }
}

extension TestFloatOperation {
  static let all: [TestFloatOperation] = arithmetic + comparisons + conversions

  private static let arithmetic: [TestFloatOperation] = [
    .single2("f32_add") { SoftFloat.add($0, $1, $2, &$3) },
    .double2("f64_add") { SoftFloat.add($0, $1, $2, &$3) },
    .single2("f32_sub") { SoftFloat.subtract($0, $1, $2, &$3) },
    .double2("f64_sub") { SoftFloat.subtract($0, $1, $2, &$3) },
    .single2("f32_mul") { SoftFloat.multiply($0, $1, $2, &$3) },
    .double2("f64_mul") { SoftFloat.multiply($0, $1, $2, &$3) },
    .single2("f32_div") { SoftFloat.divide($0, $1, $2, &$3) },
    .double2("f64_div") { SoftFloat.divide($0, $1, $2, &$3) },
    .single1("f32_sqrt") { UInt64(SoftFloat.squareRoot($0, $1, &$2)) },
    .double1("f64_sqrt") { SoftFloat.squareRoot($0, $1, &$2) },
    .init(name: "f32_mulAdd", operandCount: 3) {
      UInt64(SoftFloat.fusedMultiplyAdd(UInt32($0[0]), UInt32($0[1]), UInt32($0[2]), $1, &$2))
    },
    .init(name: "f64_mulAdd", operandCount: 3) { SoftFloat.fusedMultiplyAdd($0[0], $0[1], $0[2], $1, &$2) },
  ]

  private static let comparisons: [TestFloatOperation] = [
    .single2("f32_eq") { SoftFloat.isEqual($0, $1, &$3) ? 1 : 0 },
    .double2("f64_eq") { SoftFloat.isEqual($0, $1, &$3) ? 1 : 0 },
    .single2("f32_lt") { SoftFloat.isLess($0, $1, &$3) ? 1 : 0 },
    .double2("f64_lt") { SoftFloat.isLess($0, $1, &$3) ? 1 : 0 },
    .single2("f32_le") { SoftFloat.isLessOrEqual($0, $1, &$3) ? 1 : 0 },
    .double2("f64_le") { SoftFloat.isLessOrEqual($0, $1, &$3) ? 1 : 0 },
  ]

  private static let conversions: [TestFloatOperation] = [
    .single1("f32_to_f64") { SoftFloat.convertToDouble($0, &$2) },
    .double1("f64_to_f32") { UInt64(SoftFloat.convertToSingle($0, $1, &$2)) },
    .single1("f32_to_i32") { UInt64(UInt32(bitPattern: SoftFloat.toInt32($0, $1, &$2))) },
    .double1("f64_to_i32") { UInt64(UInt32(bitPattern: SoftFloat.toInt32($0, $1, &$2))) },
    .single1("f32_to_ui32") { UInt64(SoftFloat.toUInt32($0, $1, &$2)) },
    .double1("f64_to_ui32") { UInt64(SoftFloat.toUInt32($0, $1, &$2)) },
    .single1("f32_to_i64") { UInt64(bitPattern: SoftFloat.toInt64($0, $1, &$2)) },
    .double1("f64_to_i64") { UInt64(bitPattern: SoftFloat.toInt64($0, $1, &$2)) },
    .single1("f32_to_ui64") { SoftFloat.toUInt64($0, $1, &$2) },
    .double1("f64_to_ui64") { SoftFloat.toUInt64($0, $1, &$2) },
    .single1("i32_to_f32") { UInt64(SoftFloat.single(from: Int32(bitPattern: $0), $1, &$2)) },
    .single1("i32_to_f64") { SoftFloat.double(from: Int32(bitPattern: $0), $1, &$2) },
    .single1("ui32_to_f32") { UInt64(SoftFloat.single(from: $0, $1, &$2)) },
    .single1("ui32_to_f64") { SoftFloat.double(from: $0, $1, &$2) },
    .double1("i64_to_f32") { UInt64(SoftFloat.single(from: Int64(bitPattern: $0), $1, &$2)) },
    .double1("i64_to_f64") { SoftFloat.double(from: Int64(bitPattern: $0), $1, &$2) },
    .double1("ui64_to_f32") { UInt64(SoftFloat.single(from: $0, $1, &$2)) },
    .double1("ui64_to_f64") { SoftFloat.double(from: $0, $1, &$2) },
  ]

  private static func single1(
    _ name: String, _ apply: @escaping @Sendable (UInt32, RoundingMode, inout FloatFlags) -> UInt64
  ) -> Self {
    .init(name: name, operandCount: 1) { apply(UInt32($0[0]), $1, &$2) }
  }

  private static func double1(
    _ name: String, _ apply: @escaping @Sendable (UInt64, RoundingMode, inout FloatFlags) -> UInt64
  ) -> Self {
    .init(name: name, operandCount: 1) { apply($0[0], $1, &$2) }
  }

  private static func single2(
    _ name: String, _ apply: @escaping @Sendable (UInt32, UInt32, RoundingMode, inout FloatFlags) -> UInt32
  ) -> Self {
    .init(name: name, operandCount: 2) { UInt64(apply(UInt32($0[0]), UInt32($0[1]), $1, &$2)) }
  }

  private static func double2(
    _ name: String, _ apply: @escaping @Sendable (UInt64, UInt64, RoundingMode, inout FloatFlags) -> UInt64
  ) -> Self {
    .init(name: name, operandCount: 2) { apply($0[0], $0[1], $1, &$2) }
  }
}
