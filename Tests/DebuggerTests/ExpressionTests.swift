import Debugger
import Foundation
import Testing

/// Expressions whose answers gdb itself gives (a 64-bit target without symbols).
private let expressions: [String] = [
  "1<<40", "1L<<40", "1<<31", "0xffffffff", "-1", "4294967295", "18446744073709551615", "18446744073709551616", "7/2",
  "-7/2", "-7%3", "1/0", "5 % 0", "'a'", "'a'+1", "(char)97", "(unsigned char)300", "1.5+2", "10/4.0", "1==1", "!5",
  "~0", "1?2:3", "(1,2)", "sizeof(int)", "sizeof(long)", "(long*)0x6000", "(long*)0x6000+1", "(char*)0", "-5 >> 1",
  "-5u >> 1", "1 << 32", "1 << 64", "5 >> 40", "-5 >> 40", "1u-2", "2-1u*3", "0b101", "010", "08", "1 +", ")", "1 2",
  "&&",
  "3 && 0", "3 || (1/0)", "0x", "1.0/3", "1e10", "(float)1.1", "(int)3.9", "100000*100000", "2147483647+1",
  "9223372036854775807+1", "\"abc\"", "sizeof(\"abc\")", "5 @ 2", "-1 > 1u", "0xffffffffffffffff", "1ul", "'\\n'",
  "'\\''", "(unsigned char)200", "1 ? 2", "1.5 > 1", "1==1.0", "-9223372036854775808", "1+2*3-4/2", "(1+2)*3",
  "1|2^3&4", "1<2==1", "2*-3", "- -3", "!!7", "~0x0f", "0x7fffffff+1", "0x80000000", "2147483648", "-2147483648",
  "1-2-3", "100/7%4", "(short)70000", "(unsigned short)-1", "(long)-1", "(unsigned long)-1", "1.5*2", "-1.5", "1/3.0f",
  "5&3", "5|3", "5^3", "1<<3<<2", "3>2>1", "0 ? 1/0 : 7", "(unsigned int)-1 > 0", "(long)1 << 63", "1ull<<63",
  "0x8000000000000000", "(char)'\\377'", "'\\0'", "'\\\\'", "(signed char)-1", "1.0", "1e-5", "123456789.123",
]
private let formats: [ValueFormat] = [
  .hexadecimal, .decimal, .unsigned, .octal, .binary, .character, .float, .zeroPadded,
]

@Suite("Expressions")
struct ExpressionTests {
  /// gdb's answers to `commands`, one string each.
  static func gdb(_ commands: [String]) throws -> [String]? {
    let path = ["/usr/bin/gdb-multiarch", "/usr/bin/gdb"].first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let path else { return nil }
    let script = commands.map { "echo \\036\n\($0)\n" }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-nx", "-q", "-batch", "-ex", "set architecture riscv:rv64"]
    for line in script.flatMap({ $0.split(separator: "\n") }) { process.arguments! += ["-ex", String(line)] }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    guard text.contains("riscv:rv64\"") else { return nil }  // a gdb without RISC-V
    return text.split(separator: "\u{1e}", omittingEmptySubsequences: false).dropFirst().map {
      $0.trimmingCharacters(in: .newlines)
    }
  }

  @Test("Every expression prints what gdb prints")
  func likeGDB() throws {
    guard let answers = try Self.gdb(expressions.map { "output \($0)" }) else { return }
    let context = TestContext()
    for (expression, answer) in zip(expressions, answers) {
      #expect(context.shown(expression) == answer, "\(expression)")
    }
  }

  @Test("Every format letter prints what gdb prints", arguments: formats)
  func formatsLikeGDB(format: ValueFormat) throws {
    let values = [
      "0", "1", "-1", "97", "255", "65535L", "-1L", "'a'", "(short)-2", "3.5", "1u", "4607182418800017408", "300",
    ]
    guard let answers = try Self.gdb(values.map { "output/\(format.rawValue) \($0)" }) else { return }
    let context = TestContext()
    for (value, answer) in zip(values, answers) {
      #expect(context.shown(value, format) == answer, "output/\(format.rawValue) \(value)")
    }
  }

  @Test(
    "Registers, memory, symbols and spaces",
    arguments: [
      ("$a0", "5"), ("$a0 + 1", "6"), ("$pc", "(void (*)()) 0x1000 <main>"), ("$sp", "(void *) 0x2000"),
      ("$pc + 4", "(void (*)()) 0x1004 <main+4>"), ("$sp + 8", "(void *) 0x2008"), ("$nothing", "void"),
      ("main", "{<text variable, no debug info>} 0x1000 <main>"),
      ("&main", "(<text variable, no debug info> *) 0x1000 <main>"),
      ("main+4", "(<text variable, no debug info> *) 0x1004 <main+4>"),
      ("&counter", "(<data variable, no debug info> *) 0x3000 <counter>"),
      ("{int}0x3000", "0"), ("{long}counter", "0"), ("{int}0x3000 = 7", "7"), ("(int)counter", "0"),
      ("*(int*)0x3000@3", "{0, 0, 0}"), ("$v = 3", "3"), ("$a0 += 2", "7"),
      ("{int}0", "Cannot access memory at address 0x0"),
      ("gpa:0x1000", "4096"), ("{int}gpa:0x0", "Cannot access memory at address gpa:0x0"),
      ("hva:0x1000", EvaluationError.unknownSpace("hva").description), ("tc:0x1000", "4096"),
      ("missing", "No symbol \"missing\" in current context."),
      ("1 = 2", "Left operand of assignment is not an lvalue."),
    ])
  func target(expression: String, answer: String) {
    #expect(TestContext().shown(expression) == answer)
  }

  @Test("Assignments are kept, increments give old or new")
  func assignment() throws {
    let context = TestContext()
    try context.evaluate("$i = 5")
    #expect(context.shown("$i++") == "5")
    #expect(context.shown("++$i") == "7")
    #expect(context.shown("$i -= 10") == "-3")
    try context.evaluate("{char}0x3001 = 0x1ff")
    #expect(context.shown("{short}0x3000", .hexadecimal) == "0xff00")
    context.valueHistory = [.int(10), .int(20)]
    #expect(context.shown("$ + $$ + $1 + $$0") == "60")
    #expect(context.shown("$3") == "History has not yet reached $3.")
  }

  @Test(
    "Long chains are refused before they are too much for the stack",
    arguments: [
      "1" + String(repeating: "+1", count: 50_000), "1" + String(repeating: ",1", count: 50_000),
      "$a0" + String(repeating: "[0]", count: 50_000), "$a0" + String(repeating: "++", count: 50_000),
      "$a0" + String(repeating: "->a", count: 50_000), "(1)" + String(repeating: ".a", count: 50_000),
      "a::b" + String(repeating: ".a", count: 50_000),
    ])
  func chains(text: String) {
    #expect(TestContext().shown(text) == EvaluationError.tooDeep.description)
    let short = "1" + String(repeating: "+1", count: 300)
    #expect(TestContext().shown(short) == "301")
    // A type is none then.
    let stars = "(int" + String(repeating: "*", count: 50_000) + ")1"
    #expect(TestContext().shown(stars) == EvaluationError.tooDeep.description)
    #expect(ExpressionParser.parseType("int" + String(repeating: "[1]", count: 50_000)) == nil)
  }

  @Test("No text makes the parser or the evaluator crash", arguments: 0..<8 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SplitMix(state: seed)
    let pieces = [
      "1", "0x", "$a0", "$", "$$9", "(", ")", "{int}", "{", "}", "*", "&", "-", "--", "++", "<<", ">>", "%", "/", "0",
      "@", "=",
      "+=", "?", ":", ",", "\"", "'", "\\", "main", "counter", "gpa:", "hpa:", "(char)", "(long*)", "sizeof", "1e999",
      "[", "]",
      "$foo", "é", " ", "0x8000000000000000", "-1", ".", "$1", "!", "~", "\u{0}", "(float)", "65536", "nan",
    ]
    for _ in 0..<800 {
      let text = (0..<(1 + random.next() % 12)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let context = TestContext()
      for format in [nil] + formats { _ = context.shown(text, format) }
    }
    _ = TestContext().shown(String(repeating: "(", count: 100_000))
    _ = TestContext().shown(String(repeating: "-", count: 100_001) + "1")
    _ = TestContext().shown(String(repeating: "1=", count: 10_000))
  }
}

/// A small seeded generator, the same sequence on every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
