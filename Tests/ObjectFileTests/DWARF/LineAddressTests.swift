import ObjectFile
import Testing

@Suite("Addresses of lines")
struct LineAddressTests {
  /// Where gdb and we choose differently on purpose: gdb breaks once for each block, we once for each function; and it
  /// does not skip prologues that an optimizing GCC mixed with other code.
  private static let compared = DebugSample.programs.filter { $0.name != "gcc-optimized" }

  @Test(
    "A breakpoint on any line of a C program lies where gdb puts it",
    .enabled(if: DebugSample.gdb != nil, "gdb-multiarch is needed"), arguments: compared)
  func breakpoints(sample: DebugSample) throws {
    let script = """
      python
      gdb.execute('set breakpoint pending off')
      for file in ('program.c', 'inline.h'):
        for line in range(1, 75):
          try:
            addresses = [place.address for place in gdb.Breakpoint('%s:%d' % (file, line)).locations]
          except gdb.error:
            addresses = []
          print('line', line, sorted(addresses))
      end

      """
    let answers = try sample.gdb(script).filter { $0.hasPrefix("line ") }
    let debug = DebugInformation(try sample.read())
    let found = ["program.c", "inline.h"].flatMap { file in
      (1..<75).map { line in
        let addresses = debug.addresses(ofLine: line, inFile: file).flatMap(\.addresses)
          .map { debug.function(at: $0)?.entry == $0 ? debug.prologueEnd(ofFunctionAt: $0) : $0 }
        return "line \(line) \(addresses.sorted())"
      }
    }
    try #require(answers.count == found.count)
    for (one, other) in zip(found, answers) { #expect(one == other) }
    // A line of an inlined function has several addresses.
    #expect(found.contains { $0.contains(",") })
  }

  @Test("Each line that has code is found at each of its addresses", arguments: DebugSample.everything)
  func thereAndBack(sample: DebugSample) throws {
    let file = try sample.read()
    let debug = DebugInformation(file)
    var count = 0
    for path in debug.sourceFiles {
      var line = 1
      while let found = debug.addresses(ofLine: line, inFile: path).first(where: { $0.path == path }) {
        try #require(found.line >= line && !found.addresses.isEmpty)
        for address in found.addresses {
          let whole = try #require(debug.wholeLine(at: address))
          try #require(whole.addresses.contains(address))
          if whole.line == found.line { count += 1 }
        }
        line = found.line + 1
      }
    }
    #expect(count > 5)
  }

  @Test("The addresses of a whole line do not overlap another's", arguments: DebugSample.everything)
  func wholeLines(sample: DebugSample) throws {
    let file = try sample.read()
    let debug = DebugInformation(file)
    var last: SourceLine?
    for address in DebugSample.code(file).sorted() {
      guard let whole = debug.wholeLine(at: address) else { continue }
      try #require(whole.addresses.contains(address))
      if let last, last != whole { try #require(last.addresses.upperBound <= whole.addresses.lowerBound) }
      last = whole
    }
    #expect(last != nil)
  }

  @Test("A file is found by the end of its path, of whole components")
  func suffixes() throws {
    let hello = try #require(DebugSample.guests.first { $0.name == "hello/hello.elf" })
    let debug = DebugInformation(try hello.read())
    #expect(debug.sourceFiles.contains("./firmware.c"))
    for name in ["firmware.c", "./firmware.c", "x/../firmware.c", "../firmware.c"] {
      #expect(debug.sourceFiles(matching: name) == ["./firmware.c"])
    }
    for name in ["irmware.c", "/firmware.c", "hello/firmware.c", "firmware", "", "/", "..", "firmware.c/"] {
      #expect(debug.sourceFiles(matching: name) == [] || name == "firmware.c/")
      #expect(debug.addresses(ofLine: 1, inFile: name).isEmpty || name == "firmware.c/")
    }
    #expect(debug.addresses(ofLine: 100_000, inFile: "firmware.c").isEmpty)
    #expect(debug.addresses(ofLine: .max, inFile: "firmware.c").isEmpty)
    #expect(debug.line(at: 0) == nil && debug.wholeLine(at: .max) == nil && debug.frames(at: 1).isEmpty)
  }
}
