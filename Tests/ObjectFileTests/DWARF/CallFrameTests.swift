import ObjectFile
import Testing

@Suite("Call frame information")
struct CallFrameTests {
  private static let readelf = Toolchain.other("riscv64-unknown-elf-readelf")

  @Test(
    "At every address the rules are those that readelf interprets",
    .enabled(if: readelf != nil, "riscv64-unknown-elf-readelf is needed"), arguments: DebugSample.everything)
  func rules(sample: DebugSample) throws {
    let file = try sample.read()
    let debug = DebugInformation(file)
    let entries = try interpreted(sample).filter { entry in
      file.sections.contains { section in
        section.flags.contains(.execute)
          && (section.address..<section.address + section.size).contains(entry.addresses.lowerBound)
      }
    }
    if DebugSample.built.contains(where: { $0.name == sample.name }) { #expect(!entries.isEmpty) }
    for entry in entries {
      for address in stride(from: entry.addresses.lowerBound, to: entry.addresses.upperBound, by: 2) {
        let expected = try #require(entry.rows.last { $0.address <= address })
        let found = try #require(debug.unwindRules(at: address))
        try #require(found.addresses.contains(address) && entry.addresses.contains(found.addresses.lowerBound))
        try #require(text(found.callFrameAddress) == expected.rules["CFA"], "\(address)")
        try #require(found.returnAddressRegister == entry.returnAddressRegister)
        for (column, rule) in expected.rules where column != "CFA" {
          let number = try #require(entry.number(of: column, among: expected.rules))
          try #require(text(found.registers[number]) == rule, "\(column) at \(address)")
        }
        let known = expected.rules.keys.compactMap { entry.number(of: $0, among: expected.rules) }
        let extra = found.registers.keys.filter { !known.contains($0) }
        try #require(extra.isEmpty, "rules for \(extra) at \(address)")
      }
    }
    #expect(debug.warnings == [])
    for address in DebugSample.code(file) where !entries.contains(where: { $0.addresses.contains(address) }) {
      try #require(debug.unwindRules(at: address) == nil)
    }
  }

  /// A machine that one can see through: register 10 has the value 10 << 40, and memory its own address.
  private let context = FrameContext(
    register: { UInt64($0) << 40 },
    memory: { address, size in size == 8 ? address : address & (1 << (8 * UInt64(size)) - 1) })

  @Test("Each kind of rule finds the caller's register", .enabled(if: Toolchain.isInstalled, Toolchain.missing))
  func caller() throws {
    let file = try DebugSample.built("assembly").read()
    let debug = DebugInformation(file)
    let start = try #require(file.symbols.first { $0.name == "_start" }).address
    let frame = try #require(debug.unwindRules(at: start + 6)).caller(context)
    // What the directives of `frames.S` say.
    let address: UInt64 = 8 << 40 + 64
    #expect(frame.callFrameAddress == address && frame.returnAddress == address - 8)
    let registers: [Int: UInt64] = [
      1: address - 8, 2: address, 9: 9 << 40, 18: 13 << 40, 19: address + 16, 20: address - 24, 21: address - 16,
      22: 2 << 40 + 8, 23: 2 << 40 - 16,
    ]
    #expect(frame.registers == registers && frame.unknown.isEmpty)
    let outermost = try #require(debug.unwindRules(at: start)).caller(context)
    #expect(outermost.returnAddress == nil && outermost.unknown == [1])
    let trap = try #require(file.symbols.first { $0.name == "trap" }).address
    let rules = try #require(debug.unwindRules(at: trap))
    #expect(rules.isSignalFrame && rules.returnAddressRegister == 5)
    #expect(try rules.caller(context).returnAddress == 5 << 40)
  }

  @Test("Expressions compute what the standard says", .enabled(if: Toolchain.isInstalled, Toolchain.missing))
  func expressions() throws {
    let file = try DebugSample.built("assembly").read()
    let debug = DebugInformation(file)
    let symbol = try #require(file.symbols.first { $0.name == "expressions" })
    let frame = try #require(debug.unwindRules(at: symbol.address)).caller(context)
    for (index, expression) in DebugSources.expressions.enumerated() {
      let expected = expression.value(frame.callFrameAddress)
      #expect(frame.registers[18 + index] == expected, "\(expression.operations)")
      #expect(frame.unknown.contains(18 + index) == (expected == nil))
    }
  }

  private struct Entry {
    var addresses: Range<UInt64>
    var rows: [(address: UInt64, rules: [String: String])]
    var returnAddressRegister: Int

    /// A column's register, by DWARF's number. Whatever register has the return address, its column is `ra`; with two
    /// of that name it is the second.
    func number(of column: String, among columns: [String: String]) -> Int? {
      switch column {
      case "ra": columns["second ra"] == nil ? returnAddressRegister : 1
      case "second ra": returnAddressRegister
      default: CallFrameTests.names.firstIndex(of: column)
      }
    }
  }

  /// What readelf prints: common parts and entries, each with a table of rows.
  private func interpreted(_ sample: DebugSample) throws -> [Entry] {
    var entries: [Entry] = []
    var commons: [Substring: Entry] = [:]
    var current: (name: Substring, isCommon: Bool, entry: Entry)?
    var columns: [String] = []
    func finish() {
      guard let (name, isCommon, entry) = current else { return }
      if isCommon { commons[name] = entry } else { entries.append(entry) }
      current = nil
    }
    let printed = try sample.ask(Self.readelf!.path, ["--debug-dump=frames-interp,no-follow-links"])
    for line in printed.split(separator: "\n") {
      // A register as a rule has two words: "r13 (a3)".
      let words = line.split(separator: " ").filter { !$0.hasPrefix("(") }
      if line.hasPrefix("Contents") || line.contains("ZERO terminator") { finish() }
      if words.count > 4, words[3] == "CIE" {
        finish()
        let column = Int(words.last { $0.hasPrefix("ra=") }!.dropFirst(3))!
        current = (words[0], true, Entry(addresses: 0..<0, rows: [], returnAddressRegister: column))
      } else if words.count > 4, words[3] == "FDE" {
        finish()
        let common = commons[words[4].dropFirst(4)]!
        let bounds = words[5].dropFirst(3).split(separator: ".").map { UInt64($0, radix: 16)! }
        guard bounds[0] < bounds[1] else { continue }
        let rules = common.rows.last?.rules ?? [:]
        current = (
          words[0], false,
          Entry(
            addresses: bounds[0]..<bounds[1], rows: [(bounds[0], rules)],
            returnAddressRegister: common.returnAddressRegister)
        )
      } else if words.first == "LOC" {
        columns = words.dropFirst().map(String.init)
        if columns.count(where: { $0 == "ra" }) == 2 { columns[columns.lastIndex(of: "ra")!] = "second ra" }
      } else if words.count > 1, current != nil, let address = UInt64(words[0], radix: 16) {
        let rules = zip(columns, words.dropFirst()).map { ($0, String($1)) }
        current!.entry.rows.append((address, Dictionary(uniqueKeysWithValues: rules)))
      }
    }
    finish()
    return entries
  }

  private func text(_ address: UnwindRules.CallFrameAddress) -> String {
    switch address {
    case .register(let number, let offset): "\(Self.names[number])\(signed(offset))"
    case .expression: "exp"
    }
  }

  private func text(_ rule: UnwindRules.Rule?) -> String {
    switch rule {
    case nil, .undefined: "u"
    case .sameValue: "s"
    case .offset(let offset): "c\(signed(offset))"
    case .valueOffset(let offset): "v\(signed(offset))"
    case .register(let number): "r\(number)"
    case .expression: "exp"
    case .valueExpression: "vexp"
    }
  }

  private func signed(_ value: Int64) -> String { value < 0 ? "\(value)" : "+\(value)" }

  private static let names = """
    zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6
    """.split(separator: " ").map(String.init)
}
