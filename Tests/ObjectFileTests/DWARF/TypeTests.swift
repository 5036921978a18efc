import ObjectFile
import Testing

@Suite("Types of C", .enabled(if: DebugSample.gdb != nil, "gdb-multiarch is needed"))
struct TypeTests {
  @Test("Definitions and declarations are those that gdb prints", arguments: DebugSample.programs)
  func definitions(sample: DebugSample) throws {
    let names = ["first", "second", "favourite", "limits", "buffer", "total", "ratio", "unknown"]
    let fields = ["next", "position", "word", "matrix", "compare", "nested", "opaque", "done", "color", "count"]
    let expressions = names + fields.map { "first.\($0)" }
    let script = expressions.map { "echo == ptype\\n\nptype \($0)\necho == whatis\\n\nwhatis \($0)\n" }.joined()
    let answers = try sample.gdb(script).joined(separator: "\n").split(separator: "== ")
    let debug = DebugInformation(try sample.read())
    let node = try #require(debug.types(named: "node").first)
    var found: [String] = []
    for expression in expressions {
      let type: TypeReference?
      if let dot = expression.firstIndex(of: ".") {
        guard case .aggregate(let aggregate) = debug.type(node).kind else { throw Missing(what: "no structure") }
        type = aggregate.members.first { $0.name == expression[expression.index(after: dot)...] }?.type
      } else {
        type = debug.globals(named: expression).first?.type
      }
      found.append("ptype\ntype = \(debug.definition(of: type))\n")
      found.append("whatis\ntype = \(debug.name(of: type))\n")
    }
    try #require(answers.count == found.count)

    for (one, other) in zip(found, answers) { #expect(one.trimmed == String(other).trimmed) }
    #expect(debug.warnings == [])
  }

  @Test("Members lie where gdb says, bit fields too", arguments: DebugSample.programs)
  func members(sample: DebugSample) throws {
    let script = """
      python
      for name in ('struct node', 'struct point', 'union word', 'struct flags'):
        type = gdb.lookup_type(name)
        print('type', name, type.sizeof)
        for field in type.fields():
          print('field', field.name, field.bitpos, field.bitsize, field.type.sizeof)
      end

      """
    let answers = try sample.gdb(script)
    let debug = DebugInformation(try sample.read())
    var found: [String] = []
    for name in ["node", "point", "word", "flags"] {
      let reference = try #require(debug.types(named: name).first)
      let type = debug.type(reference)
      guard case .aggregate(let aggregate) = type.kind else { throw Missing(what: "no structure") }
      found.append("type \(aggregate.keyword.rawValue) \(name) \(type.byteSize!)")
      for member in aggregate.members {
        let bitOffset = member.bitField?.bitOffset ?? member.byteOffset! * 8
        let size = try #require(debug.byteSize(of: member.type!))
        found.append("field \(member.name) \(bitOffset) \(member.bitField?.bitSize ?? 0) \(size)")
      }
    }
    #expect(found == answers.map(String.init))
  }
}

extension String {
  fileprivate var trimmed: Substring { self[...].trimmingPrefix("\n").dropLast(last == "\n" ? 1 : 0) }
}

struct Missing: Error {
  let what: String
}
