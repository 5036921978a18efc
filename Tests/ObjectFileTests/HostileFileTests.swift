import ObjectFile
import Testing

/// Damaged and malicious files: an error or a warning, never a crash, and no more memory than the file deserves.
@Suite("Damaged ELF files")
struct HostileFileTests {
  @Test("A damaged file is refused for the right reason", arguments: Damage.refused)
  func refused(damage: Damage) {
    #expect(throws: damage.error) { try ELFFile(damage.file.bytes) }
  }

  @Test("A file with damaged names loads, with a warning", arguments: Damage.warned)
  func warned(damage: Damage) throws {
    let file = try ELFFile(damage.file.bytes)
    #expect(file.warnings == [damage.error])
  }

  @Test("An undamaged file of the same making has no warning")
  func undamaged() throws {
    let file = try ELFFile(HandmadeELF().bytes)
    #expect(file.warnings == [] && file.segments.count == 2)
    #expect(UInt64(HandmadeELF().bytes.count) == HandmadeELF.size)
    #expect(file.symbols.map(\.name) == ["first", "second"])
    #expect(file.sections.map(\.name) == ["", ".symtab", ".strtab", ".shstrtab"])
    // Both physical addresses were 0, so the file does not use them.
    #expect(file.segments.map(\.physicalAddress) == [0x8000_0000, 0x8010_0000])
  }

  @Test("Every error has one or more sentences that end in advice", arguments: Damage.refused + Damage.warned)
  func messages(damage: Damage) {
    let message = damage.error.description
    #expect(message.hasSuffix(".") && message.contains(". ") && !message.contains("Optional"))
  }

  @Test(
    "A file cut short anywhere gives an error or a warning", .enabled(if: Toolchain.isInstalled, Toolchain.missing),
    arguments: [Sample.fixedAddress, .positionIndependent, .dynamicSymbolsOnly])
  func truncation(sample: Sample) throws {
    let bytes = try sample.bytes
    var silent: [Int] = []
    for count in bytes.indices {
      if let file = try? ELFFile(Array(bytes[..<count])) {
        use(file)
        if file.warnings.isEmpty { silent.append(count) }
      }
    }
    #expect(silent.isEmpty)
  }

  @Test(
    "A wrong byte anywhere gives a file whose every part can be used, or an error",
    .enabled(if: Toolchain.isInstalled, Toolchain.missing),
    arguments: [Sample.fixedAddress, .positionIndependent, .dynamicSymbolsOnly], 1...2 as ClosedRange<UInt64>)
  func corruption(sample: Sample, seed: UInt64) throws {
    let original = try sample.bytes
    var random = SeededGenerator(seed: seed)
    var refused = 0
    for _ in 0..<3000 {
      var bytes = original
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      // The tables are a small part of the file; half of the time one more byte goes there.
      let tables = random.next() % 2 == 0 ? 0..<600 : bytes.count - 900..<bytes.count
      bytes[Int.random(in: tables, using: &random)] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random)!
      do { use(try ELFFile(bytes)) } catch { refused += 1 }
    }
    #expect((1..<3000).contains(refused))
  }

  @Test("Names that overlap cannot take more than 16 times their table")
  func overlappingNames() throws {
    var made = HandmadeELF()
    made.names = Array(repeating: UInt8(ascii: "a"), count: 100_000) + [0]
    made.symbolNames = Array(0..<5000)
    let file = try ELFFile(made.bytes)
    #expect(file.symbols.count == 5000)
    #expect(file.symbols.reduce(0) { $0 + $1.name.utf8.count } <= 16 * made.names.count)
    #expect(file.warnings == [.badSymbolNames(section: 1, first: 17, count: 4984)])
    // One name for everybody costs its length once.
    made.symbolNames = Array(repeating: 0, count: 5000)
    #expect(try ELFFile(made.bytes).warnings == [])
  }

  /// Touches everything that a loader and a debugger would.
  private func use(_ file: ELFFile) {
    for segment in file.segments {
      precondition(UInt64(file.bytes(of: segment).count) == segment.fileSize && segment.fileSize <= segment.memorySize)
      precondition(segment.memorySize == 0 || segment.physicalAddress <= .max - (segment.memorySize - 1))
    }
    for section in file.sections { precondition(UInt64(file.contents(of: section).count) <= section.size) }
    var table = SymbolTable()
    table.add(file.symbols, from: "image", offset: .min, sections: file.sections)
    for entry in table.all {
      _ = entry.symbol.displayName
      _ = table.symbol(at: entry.symbol.address)
      precondition(table.symbol(named: entry.symbol.name) != nil)
    }
    for warning in file.warnings { precondition(!warning.description.isEmpty) }
  }
}

/// One way to damage a file made by hand, and what should be said about it.
struct Damage: CustomStringConvertible, Sendable {
  let error: ELFError
  let file: HandmadeELF

  var description: String { "\(error)" }

  init(_ error: ELFError, _ change: (inout HandmadeELF) -> Void) {
    self.error = error
    var file = HandmadeELF()
    change(&file)
    self.file = file
  }

  /// Where the header of the section of symbols begins.
  private static let symbolTable = HandmadeELF.sectionHeaders + 64

  static let refused: [Damage] = [
    Damage(.notELF(firstBytes: [])) { $0.cut = 0 },
    Damage(.notELF(firstBytes: [0x1f, 0x8b, 8, 0])) { $0.patch(0, [0x1f, 0x8b, 8, 0]) },
    Damage(.truncatedHeader(byteCount: 4)) { $0.cut = 4 },
    Damage(.truncatedHeader(byteCount: 63)) { $0.cut = 63 },
    Damage(.not64Bit(.riscV)) { $0.patch(4, [1]) },
    Damage(.not64Bit(ELFMachine(rawValue: 8))) {
      $0.patch(4, [1, 2])
      $0.patch(18, [0, 8])
      $0.cut = 52
    },
    Damage(.unknownClass(3)) { $0.patch(4, [3]) },
    Damage(.bigEndian(ELFMachine(rawValue: 21))) {
      $0.patch(5, [2])
      $0.patch(18, [0, 21])
    },
    Damage(.unknownByteOrder(0)) { $0.patch(5, [0]) },
    Damage(.wrongMachine(ELFMachine(rawValue: 62))) { $0.patch(18, [62, 0]) },
    Damage(.wrongMachine(ELFMachine(rawValue: 183))) { $0.patch(18, [183, 0]) },
    Damage(.wrongMachine(ELFMachine(rawValue: 0x1234))) { $0.patch(18, [0x34, 0x12]) },
    Damage(.unknownVersion(1, 2)) { $0.patch(20, [2]) },
    Damage(.notLoadable(type: 1)) { $0.patch(16, [1]) },
    Damage(.notLoadable(type: 4)) { $0.patch(16, [4]) },
    Damage(.notLoadable(type: 9)) { $0.patch(16, [9]) },
    Damage(.wrongProgramHeaderSize(32)) { $0.patch(54, [32]) },
    Damage(.programHeaderCountMissing(sectionHeaderOffset: 0)) {
      $0.patch(40, 0)
      $0.patch(56, [0xff, 0xff])
    },
    Damage(.programHeadersOutsideFile(offset: .max, count: 2, fileSize: HandmadeELF.size)) { $0.patch(32, .max) },
    Damage(.programHeadersOutsideFile(offset: 64, count: 0x1234, fileSize: HandmadeELF.size)) {
      $0.patch(56, [0x34, 0x12])
    },
    Damage(.segmentOutsideFile(index: 1, offset: 545, size: 16, fileSize: HandmadeELF.size)) {
      $0.segments[1].offset = 545
    },
    Damage(.segmentOutsideFile(index: 0, offset: 64, size: .max, fileSize: HandmadeELF.size)) {
      $0.segments[0].fileSize = .max
    },
    Damage(.segmentLargerInFile(index: 1, fileSize: 16, memorySize: 15)) { $0.segments[1].memorySize = 15 },
    Damage(.segmentWrapsAround(index: 0, address: 0x8000_0000, memorySize: .max)) { $0.segments[0].memorySize = .max },
    Damage(.segmentsOverlap(0, 1, address: 0x800f_ffff)) { $0.segments[1].address = 0x800f_ffff },
    Damage(.segmentsOverlap(1, 0, address: 0x8000_0000)) { $0.segments[1].address = 0x8000_0000 - 15 },
  ]

  static let warned: [Damage] = [
    Damage(.nothingToLoad) { $0.segments = [] },
    Damage(.wrongSectionHeaderSize(40)) { $0.patch(58, [40]) },
    Damage(.sectionHeadersOutsideFile(offset: 1 << 63, count: 4, fileSize: HandmadeELF.size)) { $0.patch(40, 1 << 63) },
    Damage(.sectionHeadersOutsideFile(offset: 296, count: 5, fileSize: HandmadeELF.size)) { $0.patch(60, [5]) },
    Damage(.sectionNamesMissing(index: 9)) { $0.patch(62, [9]) },
    Damage(.badSectionNames(first: 2, count: 1)) { $0.patch(HandmadeELF.sectionHeaders + 128, [200]) },
    Damage(.sectionOutsideFile(index: 1, offset: .max, size: 72, fileSize: HandmadeELF.size)) {
      $0.patch(symbolTable + 24, .max)
    },
    Damage(.wrongSymbolSize(section: 1, entrySize: 16, size: 72)) { $0.patch(symbolTable + 56, 16) },
    Damage(.wrongSymbolSize(section: 1, entrySize: 24, size: 71)) { $0.patch(symbolTable + 32, 71) },
    Damage(.symbolNamesMissing(section: 1, link: 7)) { $0.patch(symbolTable + 40, [7]) },
    Damage(.symbolNamesMissing(section: 1, link: 1)) { $0.patch(symbolTable + 40, [1]) },
    Damage(.badSymbolNames(section: 1, first: 2, count: 1)) { $0.symbolNames[1] = 5000 },
    Damage(.badSymbolNames(section: 1, first: 1, count: 2)) { $0.symbolNames = [0xffff_ffff, 0x8000_0000] },
  ]
}
