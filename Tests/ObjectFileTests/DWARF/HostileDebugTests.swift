import ObjectFile
import Testing

/// Damaged debugging information: less of it and a warning, never a crash, and no more time than the file deserves.
@Suite("Damaged debugging information", .enabled(if: Toolchain.isInstalled, Toolchain.missing))
struct HostileDebugTests {
  @Test(
    "A wrong byte anywhere leaves a file of which all can be asked", arguments: ["clang5", "clang4", "swift"], 1...2)
  func corruption(name: String, seed: UInt64) throws {
    let original = try DebugSample.built(name).bytes
    let file = try ELFFile(original)
    let sections = file.sections.filter { $0.name.hasPrefix(".debug_") && $0.size > 0 }
    var random = SeededGenerator(seed: seed)
    var warned = 0
    for _ in 0..<20 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let section = sections.randomElement(using: &random)!
        let offset = Int(section.offset + UInt64.random(in: 0..<section.size, using: &random))
        bytes[offset] =
          Bool.random(using: &random)
          ? .random(in: 0...255, using: &random) : [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random)!
      }
      let debug = DebugInformation(try ELFFile(bytes))
      use(debug, file)
      if !debug.warnings.isEmpty { warned += 1 }
      for warning in debug.warnings { #expect(warning.description.hasSuffix(".")) }
    }
    #expect(warned > 0)
  }

  @Test("A section cut short anywhere loses what is behind the cut", arguments: ["clang5", "swift"])
  func truncation(name: String) throws {
    let original = try DebugSample.built(name).bytes
    let file = try ELFFile(original)
    let names: Set = [".debug_info", ".debug_line", ".debug_abbrev", ".debug_frame"]
    for (index, section) in file.sections.enumerated() where names.contains(section.name) {
      for cut in stride(from: 0, to: section.size, by: max(1, Int(section.size / 6))) {
        var bytes = original
        // The size in the section's header.
        let header = try #require(sectionHeader(index, in: original))
        for position in 0..<8 { bytes[header + 32 + position] = UInt8(truncatingIfNeeded: cut >> UInt64(8 * position)) }
        use(DebugInformation(try ELFFile(bytes)), file)
      }
    }
  }

  @Test("A type that is made of itself has no layout, and an end", .timeLimit(.minutes(1)))
  func circle() throws {
    var bytes = try DebugSample.built("swift").bytes
    let file = try ELFFile(bytes)
    let section = try #require(file.section(named: ".debug_info"))
    let debug = DebugInformation(file)
    func offset(_ name: String) throws -> Int {
      let type = try #require(debug.types(named: name).first)
      return Int(try #require(Mirror(reflecting: type).children.first?.value as? UInt64))
    }
    let (integer, point) = (try offset("Int"), try offset("Point"))
    let contents = Array(file.contents(of: section))
    func word(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(contents[offset + $1]) << (8 * $1) } }
    var unit = 0
    while unit + 4 + word(unit) <= integer { unit += 4 + word(unit) }
    // Every reference to Int becomes one to Point, those of Point's own properties too.
    var changed = 0
    for position in unit..<unit + word(unit) where word(position) == integer - unit {
      for byte in 0..<4 {
        bytes[Int(section.offset) + position + byte] = UInt8(truncatingIfNeeded: (point - unit) >> (8 * byte))
      }
      changed += 1
    }
    #expect(changed > 3)
    let damaged = DebugInformation(try ELFFile(bytes))
    let type = try #require(damaged.types(named: "Point").first)
    #expect(damaged.definition(of: type).contains("where it is cannot be known"))
    #expect(damaged.byteSize(of: type) == 13)
    use(damaged, file)
  }

  @Test("A file without debugging information answers nothing")
  func nothing() throws {
    let debug = DebugInformation(try ELFFile(HandmadeELF().bytes))
    #expect(debug.isEmpty && debug.warnings == [] && debug.sourceFiles == [] && debug.functions.isEmpty)
    #expect(debug.line(at: 0x8000_0000) == nil && debug.unwindRules(at: 0x8000_0000) == nil)
    #expect(debug.prologueEnd(ofFunctionAt: 7) == 7 && debug.globals(named: "x").isEmpty)
  }

  @Test("Compressed sections are refused with advice")
  func compressed() throws {
    var bytes = try DebugSample.built("clang5").bytes
    let file = try ELFFile(bytes)
    let index = try #require(file.sections.firstIndex { $0.name == ".debug_info" })
    bytes[try #require(sectionHeader(index, in: bytes)) + 9] |= 0x08
    let debug = DebugInformation(try ELFFile(bytes))
    #expect(debug.warnings == [.compressed(section: ".debug_info")])
    #expect("\(debug.warnings[0])".contains("--decompress-debug-sections"))
  }

  private func sectionHeader(_ index: Int, in bytes: [UInt8]) -> Int? {
    let table = (0..<8).reduce(0) { $0 | Int(bytes[40 + $1]) << (8 * $1) }
    return table + 64 * index
  }

  private func use(_ debug: DebugInformation, _ file: ELFFile) {
    let context = FrameContext(register: { UInt64($0) << 32 }, memory: { address, _ in address })
    for address in DebugSample.code(file) where address % 32 == 0 {
      if let line = debug.line(at: address) { precondition(line.addresses.contains(address)) }
      if let line = debug.wholeLine(at: address) { precondition(line.addresses.contains(address)) }
      _ = try? debug.unwindRules(at: address)?.caller(context)
      for variable in debug.variables(at: address) {
        _ = try? debug.location(of: variable, at: address, context)
        _ = debug.definition(of: variable.type)
      }
      _ = debug.frames(at: address)
    }
    for path in debug.sourceFiles { _ = debug.addresses(ofLine: 10, inFile: path) }
    for name in debug.globalNames {
      for variable in debug.globals(named: name) { _ = debug.declaration(of: name, variable.type) }
    }
  }
}
