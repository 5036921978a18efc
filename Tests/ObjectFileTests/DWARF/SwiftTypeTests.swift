import ObjectFile
import Testing

/// The host's compiler lays out the same declarations in the same way, and tells how.
@Suite("Types of Embedded Swift", .enabled(if: Toolchain.isInstalled, Toolchain.missing))
struct SwiftTypeTests {
  // The same as in `program.swift`.
  struct Point {
    var x: Int
    var y: Int32
    var isSet: Bool
  }
  enum Phase { case idle, running, stopped }
  enum Event {
    case none
    case key(UInt8)
    case block(address: UInt64, count: UInt32)
  }
  enum Single {
    case first
    case value(UInt64)
    case last
  }
  struct Outer {
    var point: Point
    var small: UInt8
    var word: UInt32
    var optional: Int?
    var byte: UInt8?
    var phase: Phase
    var single: Single
    var tuple: (UInt8, UInt32)
    var pointer: UnsafeMutablePointer<UInt8>?
    var array: [Int]
    var text: StaticString
    var inline: InlineArray<3, UInt16>
    var last: UInt16
  }

  private let debug: DebugInformation

  init() throws { debug = DebugInformation(try DebugSample.built("swift").read()) }

  @Test("Stored properties lie where the compiler puts them")
  func layout() throws {
    let point = try members("Point")
    #expect(point.map(\.0) == ["x", "y", "isSet"])
    #expect(
      point.map(\.1) == [\Point.x, \Point.y, \Point.isSet].map { MemoryLayout<Point>.offset(of: $0).map(UInt64.init) })
    let paths: [(String, PartialKeyPath<Outer>)] = [
      ("point", \.point), ("small", \.small), ("word", \.word), ("optional", \.optional), ("byte", \.byte),
      ("phase", \.phase), ("single", \.single), ("tuple", \.tuple), ("pointer", \.pointer), ("array", \.array),
      ("text", \.text), ("inline", \.inline), ("last", \.last),
    ]
    let outer = try members("Outer")
    #expect(outer.map(\.0) == paths.map(\.0))
    #expect(outer.map(\.1) == paths.map { MemoryLayout<Outer>.offset(of: $0.1).map(UInt64.init) })
    #expect(debug.byteSize(of: try type("Outer")) == UInt64(MemoryLayout<Outer>.size))
  }

  @Test("The case of an enum is told where its layout tells it")
  func enumerations() throws {
    #expect(try enumeration("Phase").tag == .number)
    for (index, phase) in [Phase.idle, .running, .stopped].enumerated() {
      #expect(try enumeration("Phase").cases[index].name == "\(phase)")
      withUnsafeBytes(of: phase) { #expect(Array($0) == [UInt8(index)]) }
    }
    #expect(try enumeration("Single").tag == .byteBehindValue)
    #expect(try enumeration("Single").cases.map { $0.type == nil } == [true, false, true])
    withUnsafeBytes(of: Single.value(77)) { #expect(Array($0) == [77, 0, 0, 0, 0, 0, 0, 0, 0]) }
    withUnsafeBytes(of: Single.last) { #expect(Array($0) == [1, 0, 0, 0, 0, 0, 0, 0, 1]) }
    #expect(try enumeration("Event").tag == .unknown)
    let current = try #require(debug.globals(named: "current").first?.type)
    guard case .swiftEnumeration(let optional) = debug.type(current).kind else { throw Missing(what: "no enum") }
    #expect(optional.tag == .zero && optional.cases.map(\.name) == ["none", "some"])
    guard case .swiftClass(let properties) = debug.type(try #require(optional.cases[1].type)).kind else {
      throw Missing(what: "no class")
    }
    // Behind the two words of an object: the second property follows the first without rounding up its size.
    #expect(properties.map(\.name) == ["identifier", "point", "phase", "event"])
    #expect(properties.map(\.byteOffset) == [16, 24, 37, 40])
  }

  @Test("Names and definitions are Swift's")
  func names() throws {
    let current = try #require(debug.globals(named: "current").first)
    #expect(debug.declaration(of: "current", current.type) == "current: Swift.Optional<Sample.Process>")
    #expect(
      debug.definition(of: try type("Point"))
        == "struct Sample.Point {\n    var x: Swift.Int\n    var y: Swift.Int32\n    var isSet: Swift.Bool\n}")
    #expect(debug.definition(of: try type("Event")).contains("which case it is cannot be known"))
    #expect(debug.type(try type("Int")).byteSize == 8)
    if case .base(let encoding) = debug.type(try type("UInt8")).kind { #expect(encoding == .unsigned) }
    let move = try #require(debug.functions(named: "move").first)
    #expect(move.displayName == "Sample.Process.move(by: Swift.Int) -> Swift.Int")
    #expect(debug.warnings == [])
  }

  private func type(_ name: String) throws -> TypeReference { try #require(debug.types(named: name).first) }

  private func members(_ name: String) throws -> [(String, UInt64?)] {
    guard case .aggregate(let aggregate) = debug.type(try type(name)).kind else { return [] }
    return aggregate.members.map { ($0.name, $0.byteOffset) }
  }

  private func enumeration(_ name: String) throws -> DebugType.SwiftEnumeration {
    guard case .swiftEnumeration(let enumeration) = debug.type(try type(name)).kind else {
      return DebugType.SwiftEnumeration(cases: [], tag: .unknown)
    }
    return enumeration
  }
}
