extension ELFFile {
  /// One named part of the file, as the linker saw it. Nothing here is needed for loading.
  package struct Section: Hashable, Sendable {
    /// What a section holds: the field `sh_type`.
    package struct Kind: RawRepresentable, Hashable, Sendable {
      package let rawValue: UInt32

      package init(rawValue: UInt32) { self.rawValue = rawValue }

      package static let null = Kind(rawValue: 0)
      package static let programBits = Kind(rawValue: 1)
      package static let symbolTable = Kind(rawValue: 2)
      package static let stringTable = Kind(rawValue: 3)
      package static let noBits = Kind(rawValue: 8)
      package static let dynamicSymbolTable = Kind(rawValue: 11)
      package static let extendedSymbolIndices = Kind(rawValue: 18)

      /// Whether offset and size describe bytes of the file.
      package var hasContents: Bool { self != .null && self != .noBits }
    }

    /// The field `sh_flags`; bits without a name here are kept.
    package struct Flags: OptionSet, Hashable, Sendable {
      package let rawValue: UInt64

      package init(rawValue: UInt64) { self.rawValue = rawValue }

      package static let write = Flags(rawValue: 1)
      package static let allocate = Flags(rawValue: 2)
      package static let execute = Flags(rawValue: 4)
      package static let compressed = Flags(rawValue: 0x800)
    }

    /// Empty where the file has no usable name.
    package let name: String
    package let type: Kind
    package let flags: Flags
    package let address: UInt64
    package let offset: UInt64
    package let size: UInt64
    /// The section this one refers to: for a symbol table, that of its names.
    package let link: UInt32
    /// Size of one record in a section that is a table, else 0.
    package let entrySize: UInt64

    static let headerSize: UInt64 = 64
  }

  static func readSections(_ file: FileBytes, _ header: ELFHeader, _ warnings: inout [ELFError]) -> [Section] {
    guard header.sectionHeaderOffset != 0, header.sectionHeaderCount > 0 else { return [] }
    guard header.sectionHeaderSize == Section.headerSize else {
      warnings.append(.wrongSectionHeaderSize(header.sectionHeaderSize))
      return []
    }
    guard
      let table = file.table(
        offset: header.sectionHeaderOffset, count: header.sectionHeaderCount, recordSize: Section.headerSize)
    else {
      warnings.append(
        .sectionHeadersOutsideFile(
          offset: header.sectionHeaderOffset, count: header.sectionHeaderCount, fileSize: file.count))
      return []
    }
    var names = readSectionNames(file, header, table, &warnings)
    var nameless: [Int] = []
    let sections = table.indices.map { index in
      let name = names?.string(at: UInt64(table.integer(UInt32.self, record: index, field: 0)))
      if names != nil, name == nil { nameless.append(index) }
      return Section(
        name: name ?? "",
        type: .init(rawValue: table.integer(UInt32.self, record: index, field: 4)),
        flags: .init(rawValue: table.integer(UInt64.self, record: index, field: 8)),
        address: table.integer(UInt64.self, record: index, field: 16),
        offset: table.integer(UInt64.self, record: index, field: 24),
        size: table.integer(UInt64.self, record: index, field: 32),
        link: table.integer(UInt32.self, record: index, field: 40),
        entrySize: table.integer(UInt64.self, record: index, field: 56))
    }
    if let first = nameless.first { warnings.append(.badSectionNames(first: first, count: nameless.count)) }
    for (index, section) in sections.enumerated()
    where section.type.hasContents && file.range(offset: section.offset, size: section.size) == nil {
      warnings.append(
        .sectionOutsideFile(index: index, offset: section.offset, size: section.size, fileSize: file.count))
    }
    return sections
  }

  private static func readSectionNames(
    _ file: FileBytes, _ header: ELFHeader, _ table: FileTable, _ warnings: inout [ELFError]
  ) -> StringTable? {
    guard header.sectionNameIndex != 0 else { return nil }
    guard UInt64(header.sectionNameIndex) < table.count,
      case let index = Int(header.sectionNameIndex),
      let range = file.range(
        offset: table.integer(UInt64.self, record: index, field: 24),
        size: table.integer(UInt64.self, record: index, field: 32))
    else {
      warnings.append(.sectionNamesMissing(index: header.sectionNameIndex))
      return nil
    }
    return StringTable(file.bytes[range])
  }
}
