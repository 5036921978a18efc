import ObjectFile
import Testing

@Suite("Line tables")
struct LineTableTests {
  @Test(
    "Every address of every section of code has the line that llvm-symbolizer gives",
    .enabled(if: Toolchain.has("llvm-symbolizer"), "llvm-symbolizer beside swift is needed"),
    arguments: DebugSample.everything)
  func everyAddress(sample: DebugSample) throws {
    let file = try sample.read()
    let debug = DebugInformation(file)
    #expect(debug.warnings == [])
    let addresses = DebugSample.code(file)
    try #require(!addresses.isEmpty)
    var lines = Set<String>()
    for (address, answer) in try sample.symbolize(addresses, ["--no-inlines", "--functions=none"]) {
      let line = debug.line(at: address)
      let found = line.map { "\($0.path):\($0.line):\($0.column)" } ?? "??:0:0"
      lines.insert(found)
      try #require([found] == answer, "\(String(address, radix: 16))")
      if let line { try #require(line.addresses.contains(address)) }
    }
    #expect(lines.count > 5)
  }

  @Test(
    "Every address has the inlined functions and calls that llvm-symbolizer gives",
    .enabled(if: Toolchain.has("llvm-symbolizer"), "llvm-symbolizer beside swift is needed"),
    arguments: DebugSample.everything)
  func everyFrame(sample: DebugSample) throws {
    let file = try sample.read()
    let debug = DebugInformation(file)
    var inlined = 0
    for (address, answer) in try sample.symbolize(
      DebugSample.code(file), ["--functions=linkage", "--no-demangle", "--inlines"])
    {
      var found = debug.frames(at: address).flatMap {
        [$0.function.linkageName ?? $0.function.name, "\($0.path):\($0.line):\($0.column)"]
      }
      inlined += max(0, found.count / 2 - 1)
      if found.isEmpty {
        // Assembly has no functions, and some code has no lines; the tool then takes what symbols say.
        found = [answer[0], debug.line(at: address).map { "\($0.path):\($0.line):\($0.column)" } ?? answer[1]]
      }
      try #require(found == answer, "\(String(address, radix: 16))")
    }
    #expect(debug.warnings == [])
    if sample.isOptimized { #expect(inlined > 0) }
  }
}
