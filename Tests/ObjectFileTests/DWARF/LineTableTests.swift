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
    for chunk in stride(from: 0, to: addresses.count, by: 20000).map({
      addresses[$0..<min($0 + 20000, addresses.count)]
    }) {
      let answers = try Toolchain.run(
        "llvm-symbolizer",
        ["--obj=\(sample.path())", "--no-inlines", "--functions=none"] + chunk.map { "0x" + String($0, radix: 16) },
        in: .temporaryDirectory
      ).split(separator: "\n")
      try #require(answers.count == chunk.count)
      for (address, answer) in zip(chunk, answers) {
        let line = debug.line(at: address)
        let found = line.map { "\($0.path):\($0.line):\($0.column)" } ?? "??:0:0"
        if found != answer { Issue.record("\(String(address, radix: 16)): \(found), expected \(answer)") }
        lines.insert(found)
        if found != answer { return }
      }
    }
    #expect(lines.count > 5)
  }
}
