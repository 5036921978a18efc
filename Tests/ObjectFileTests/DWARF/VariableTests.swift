import ObjectFile
import Testing

@Suite("Variables", .enabled(if: DebugSample.gdb != nil, "gdb-multiarch is needed"))
struct VariableTests {
  private static let functions = ["walk", "recurse", "run", "by_count"]
  private static let frame: UInt64 = 1 << 60

  /// A machine that one can see through: register 10 has the value 10 << 40, and memory its own address.
  private let context = FrameContext(
    callFrameAddress: frame, register: { UInt64($0) << 40 }, memory: { address, _ in address })

  @Test("Locals are at each address of their functions where gdb says", arguments: DebugSample.programs)
  func locals(sample: DebugSample) throws {
    let debug = DebugInformation(try sample.read())
    var compared = 0
    let script = Self.functions.map { "echo == \\n\ninfo scope \($0)\n" }.joined()
    let answers = try sample.gdb(script).split { $0.hasPrefix("==") }
    try #require(answers.count == Self.functions.count)
    for (name, lines) in zip(Self.functions, answers) {
      let function = try #require(debug.functions(named: name).first)
      let entry = try #require(function.entry)
      for (symbol, lines) in split(lines) {
        guard let variable = debug.variables(at: entry).first(where: { $0.name == symbol }) else {
          // Those of blocks that do not begin with the function.
          #expect(!["node", "depth", "seed", "n", "out", "sum", "limit"].contains(symbol))
          continue
        }
        for range in function.addresses {
          for address in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            let expected = try expectation(lines, at: address)
            guard expected != "?" else { continue }
            var found: String
            do throws(Unavailable) {
              found = text(try debug.location(of: variable, at: address, context))
            } catch { found = error == .notHere || error == .optimizedOut ? "nowhere" : "\(error)" }
            try #require(found == expected, "\(symbol) of \(name) at \(String(address, radix: 16))")
            compared += 1
          }
        }
      }
    }
    #expect(compared > 300 && debug.warnings == [])
  }

  @Test("Globals lie where gdb says", arguments: DebugSample.programs)
  func globals(sample: DebugSample) throws {
    let names = ["first", "second", "favourite", "limits", "buffer", "total", "ratio", "unknown"]
    let answers = try sample.gdb(names.map { "output/x (long)&\($0)\necho \\n\n" }.joined())
    let debug = DebugInformation(try sample.read())
    for (name, answer) in zip(names, answers) {
      let variable = try #require(debug.globals(named: name).first)
      var moved = context
      moved.loadOffset = 0x1000
      #expect(try debug.location(of: variable, at: 0, context) == .memory(UInt64(answer.dropFirst(2), radix: 16)!))
      #expect(
        try debug.location(of: variable, at: 0, moved) == .memory(UInt64(answer.dropFirst(2), radix: 16)! + 0x1000))
      #expect(variable.path.hasSuffix("/program.c") && variable.line > 0)
    }
    #expect(answers.count == names.count)
    #expect(Set(names).isSubset(of: debug.globalNames))
  }

  /// The lines about each symbol.
  private func split(_ lines: ArraySlice<Substring>) -> [(String, [Substring])] {
    var symbols: [(String, [Substring])] = []
    for line in lines {
      let words = line.split(separator: " ")
      if words.count > 2, words[0] == "Symbol", words[2] == "is" {
        symbols.append((String(words[1]), [line]))
      } else if !symbols.isEmpty {
        symbols[symbols.count - 1].1.append(line)
      }
    }
    return symbols.filter { !$0.1[0].contains("is a function") }
  }

  /// What gdb says of one address, in the words of `text`; `?` for what is not compared.
  private func expectation(_ lines: [Substring], at address: UInt64) throws -> String {
    guard lines[0].hasSuffix("is multi-location:") else { return meaning(lines[0], lines.dropFirst()) }
    for (index, line) in lines.enumerated() {
      guard let start = line.range(of: "Range 0x"),
        let colon = line.range(of: ": ", range: start.upperBound..<line.endIndex)
      else { continue }
      let bounds = line[start.upperBound..<colon.lowerBound].split(separator: "-0x").map { UInt64($0, radix: 16)! }
      if (bounds[0]..<bounds[1]).contains(address) {
        return meaning(line[colon.upperBound...], lines.dropFirst(index + 1))
      }
    }
    return "nowhere"
  }

  private func meaning(_ text: Substring, _ rest: ArraySlice<Substring>) -> String {
    func number(after words: String) -> Substring? {
      text.range(of: words).map { text[$0.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "-" } }
    }
    if let register = number(after: "a variable in $") { return "register \(Self.number(of: register))" }
    if let constant = number(after: "the constant ") { return "value \(constant)" }
    if let register = number(after: "at frame base reg $"), let offset = number(after: " offset 0+") {
      return "memory \((Self.number(of: register) << 40) + Int(offset)!)"
    }
    if text.contains("optimized out") { return "nowhere" }
    let operations = rest.prefix { $0.hasPrefix("   ") }.map { $0.split(separator: ": ").last!.split(separator: " ") }
    switch operations.map({ $0[0] }) {
    case ["DW_OP_fbreg"]: return "memory \(Int(Self.frame) + Int(operations[0][1])!)"
    case ["DW_OP_breg2"]: return "memory \((2 << 40) + Int(operations[0][1])!)"
    case ["DW_OP_consts", "DW_OP_stack_value"]: return "value \(operations[0][1])"
    case ["DW_OP_entry_value", "DW_OP_reg10", "DW_OP_stack_value"],
      ["DW_OP_entry_value", "DW_OP_reg11", "DW_OP_stack_value"]:
      return "\(Unavailable.entryValue)"
    default: return "?"
    }
  }

  private func text(_ location: ValueLocation) -> String {
    switch location {
    case .memory(let address): "memory \(address)"
    case .register(let number): "register \(number)"
    case .value(let value): "value \(Int64(bitPattern: value))"
    case .bytes, .pieces: "\(location)"
    }
  }

  private static func number(of name: Substring) -> Int {
    let names = """
      zero ra sp gp tp t0 t1 t2 fp s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6
      """.split(separator: " ")
    return names.firstIndex(of: name)!
  }
}
