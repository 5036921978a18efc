import ObjectFile
import Testing

/// `ELFFile` against what the toolchain's own tools say about the same files.
@Suite("ELF files, compared with llvm's tools", .enabled(if: Toolchain.isInstalled, Toolchain.missing))
struct ELFOracleTests {
  @Test("Segments and entry are what llvm-objdump says", arguments: Sample.allCases)
  func segments(sample: Sample) throws {
    let file = try sample.read()
    #expect(file.warnings.isEmpty)
    let text = try sample.ask("llvm-objdump", ["-p", "-f"])
    let words = text.split(whereSeparator: \.isWhitespace)
    var expected: [String] = []
    for (index, word) in words.enumerated() where word == "LOAD" {
      // LOAD off A vaddr B paddr C align D filesz E memsz F flags rwx
      expected.append([2, 4, 6, 10, 12, 14].map { String(words[index + $0]) }.joined(separator: " "))
    }
    #expect(!expected.isEmpty)
    let found = file.segments.map {
      [$0.fileOffset, $0.virtualAddress, $0.physicalAddress, $0.fileSize, $0.memorySize].map(padded)
        .joined(separator: " ") + " " + letters($0.flags)
    }
    #expect(found == expected)
    #expect(text.contains("start address: \(padded(file.entry))\n"))
    for segment in file.segments { #expect(UInt64(file.bytes(of: segment).count) == segment.fileSize) }
  }

  @Test("Sections are what llvm-objdump says", arguments: Sample.allCases)
  func sections(sample: Sample) throws {
    var expected: [String] = []
    for line in try sample.ask("llvm-objdump", ["-h", "-w"]).split(separator: "\n") {
      // "  1 .rodata           00000006 0000000000010238 DATA"
      let words = line.split(separator: " ")
      if let index = Int(words[0]), index > 0 { expected.append(words[1...3].joined(separator: " ")) }
    }
    let found = try sample.read().sections.dropFirst().map {
      "\($0.name) \(padded($0.size, 8).dropFirst(2)) \(padded($0.address).dropFirst(2))"
    }
    #expect(!expected.isEmpty)
    #expect(difference(found, expected) == nil)
  }

  @Test("Symbols are what llvm-nm says, mapping symbols and file names included", arguments: Sample.allCases)
  func symbols(sample: Sample) throws {
    let options = sample == .dynamicSymbolsOnly ? ["-D"] : []
    let expected = try sample.ask("llvm-nm", options + ["-a", "--special-syms", "--format=posix", "--no-sort"])
      // Outside what is loaded, its letter depends on the name of the section.
      .split(separator: "\n").map { String($0.replacing(" n ", with: " a ")) }
    let file = try sample.read()
    let found = file.symbols.map {
      "\($0.name) \($0.letter(in: file)) \(String($0.address, radix: 16)) \(String($0.size, radix: 16))"
    }
    #expect(difference(found, expected) == nil)
    #expect(found.isEmpty == (sample == .stripped))
  }

  @Test("A section's contents are what llvm-objcopy dumps")
  func contents() throws {
    let file = try Sample.fixedAddress.read()
    let text = try Sample.fixedAddress.ask("llvm-objdump", ["-s", "-j", ".data"])
    // " 132e8 07000000 01000000 02000000 03000000  ................"
    let bytes = text.split(separator: "\n").filter { $0.hasPrefix(" ") }
      .flatMap { $0.split(separator: " ", maxSplits: 5).dropFirst().prefix(4) }.joined()
    let section = try #require(file.section(named: ".data"))
    let found = file.contents(of: section).map { padded(UInt64($0), 2).dropFirst(2) }.joined()
    #expect(bytes.hasPrefix(found) && found.count == 40)
    let bss = try #require(file.section(named: ".bss"))
    #expect(bss.size > 0 && file.contents(of: bss).isEmpty)
    #expect(file.section(named: ".nowhere") == nil)
  }

  @Test("Flags tell compressed code and the calling convention")
  func flags() throws {
    let flags = try Sample.fixedAddress.read().flags
    #expect(flags.usesCompressed && flags.floatABI == .soft)
    #expect(!flags.usesReducedRegisters && !flags.needsTotalStoreOrder)
    #expect(try Sample.fixedAddress.read().type == .executable)
    #expect(try Sample.positionIndependent.read().type == .positionIndependent)
  }

  @Test("Every address of sized functions has the symbol that llvm-symbolizer gives")
  func lookups() throws {
    // Linked without .L labels, which llvm-symbolizer takes for functions.
    let file = try Sample.loadedElsewhere.read()
    var table = SymbolTable()
    table.add(file.symbols, from: "sample", sections: file.sections)
    let first = try #require(table.symbol(named: "fallback")).symbol.address
    let text = try #require(file.section(named: ".text"))
    let addresses = stride(from: first, to: text.address + text.size, by: 2)
    let answers = try Sample.ask(
      "llvm-symbolizer",
      ["--obj=loadedElsewhere", "--functions=linkage", "--no-demangle", "--output-style=GNU"] + addresses.map(padded)
    ).split(separator: "\n")
    let expected = stride(from: 0, to: answers.count, by: 2).map { String(answers[$0]) }
    #expect(difference(addresses.map { table.symbol(at: $0)?.symbol.name ?? "??" }, expected) == nil)
    #expect(Set(expected).isSuperset(of: ["fallback", "helper", "$e7Lantern7ConsoleV5writeyySSF", "kernel_main"]))
  }

  @Test("What nm prints sorted is a System.map with the same symbols")
  func systemMap() throws {
    let file = try Sample.fixedAddress.read()
    let map = try SystemMap.symbols(Array(Sample.fixedAddress.ask("llvm-nm", ["-n", "-a", "--special-syms"]).utf8))
    #expect(map.count == file.symbols.count)
    func key(_ symbol: Symbol) -> String { "\(symbol.name) \(symbol.address) \(symbol.binding)" }
    // nm prints no letter of its own for the kind of a label or for the binding of a file name.
    #expect(map.map(key).sorted() == file.symbols.map(key).sorted())
  }

  /// The first pair that differs: long arrays make long messages.
  private func difference(_ found: [String], _ expected: [String]) -> String? {
    if let (one, other) = zip(found, expected).first(where: { $0 != $1 }) { return "\(one), expected \(other)" }
    return found.count == expected.count ? nil : "\(found.count) rows, expected \(expected.count)"
  }

  private func padded(_ value: UInt64) -> String { padded(value, 16) }

  private func padded(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private func letters(_ permissions: ELFFile.Segment.Permissions) -> String {
    (permissions.contains(.read) ? "r" : "-") + (permissions.contains(.write) ? "w" : "-")
      + (permissions.contains(.execute) ? "x" : "-")
  }
}

extension Symbol {
  /// The letter that nm gives the symbol.
  fileprivate func letter(in file: ELFFile) -> String {
    if kind == .file { return "a" }
    switch sectionIndex {
    case .undefined: return binding == .weak ? "w" : "U"
    case .absolute: return binding == .local ? "a" : "A"
    case .common: return "C"
    case .unknown: return "?"
    case .section(let index):
      if binding == .weak { return kind == .object ? "V" : "W" }
      let section = file.sections[index]
      let letter =
        !section.flags.contains(.allocate)
        ? "a"
        : section.flags.contains(.execute)
          ? "T" : section.type == .noBits ? "B" : section.flags.contains(.write) ? "D" : "R"
      return binding == .local ? letter.lowercased() : letter
    }
  }
}
