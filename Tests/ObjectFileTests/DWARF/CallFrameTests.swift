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
          let number = try #require(entry.number(of: column))
          try #require(text(found.registers[number]) == rule, "\(column) at \(address)")
        }
        let known = expected.rules.keys.compactMap(entry.number)
        let extra = found.registers.keys.filter { !known.contains($0) }
        try #require(extra.isEmpty, "rules for \(extra) at \(address)")
      }
    }
    #expect(debug.warnings == [])
    for address in DebugSample.code(file) where !entries.contains(where: { $0.addresses.contains(address) }) {
      try #require(debug.unwindRules(at: address) == nil)
    }
  }

  private struct Entry {
    var addresses: Range<UInt64>
    var rows: [(address: UInt64, rules: [String: String])]
    var returnAddressRegister: Int

    /// A column's register, by DWARF's number. Whatever register has the return address, its column is `ra`.
    func number(of column: String) -> Int? {
      column == "ra" ? returnAddressRegister : CallFrameTests.names.firstIndex(of: column)
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
      if line.hasPrefix("Contents") { finish() }
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
