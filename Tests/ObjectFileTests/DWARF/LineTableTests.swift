import ObjectFile
import Testing

@Suite("Line tables")
struct LineTableTests {
  @Test(
    "Every address of every section of code has the line, the function and the inlined calls that llvm-symbolizer gives",
    .enabled(if: Toolchain.has("llvm-symbolizer"), "llvm-symbolizer beside swift is needed"),
    arguments: DebugSample.everything)
  func everyAddress(sample: DebugSample) throws {
    let file = try sample.read()
    let debug = DebugInformation(file)
    let addresses = DebugSample.code(file)
    try #require(!addresses.isEmpty)
    var lines = Set<String>()
    var inlined = 0
    for (address, answer) in try sample.symbolize(addresses, ["--functions=linkage", "--no-demangle", "--inlines"]) {
      let line = debug.line(at: address)
      if let line { try #require(line.addresses.contains(address)) }
      var found = debug.frames(at: address).flatMap {
        [$0.function.linkageName ?? $0.function.name, "\($0.path):\($0.line):\($0.column)"]
      }
      inlined += max(0, found.count / 2 - 1)
      if found.isEmpty {
        // Assembly has no functions, and some code has no lines; the tool then takes what symbols say.
        found = [answer[0], line.map { "\($0.path):\($0.line):\($0.column)" } ?? answer[1]]
      }
      try #require(found == answer, "\(String(address, radix: 16))")
      if line != nil { lines.insert(answer[1]) }
    }
    #expect(lines.count > 5 && debug.warnings == [])
    if sample.isOptimized { #expect(inlined > 0) }
  }
}
