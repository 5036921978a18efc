extension ELFFile {
  private static let symbolSize: UInt64 = 24

  static func readSymbols(_ file: FileBytes, _ sections: [Section], _ warnings: inout [ELFError]) -> [Symbol] {
    guard
      let index = sections.firstIndex(where: { $0.type == .symbolTable })
        ?? sections.firstIndex(where: { $0.type == .dynamicSymbolTable })
    else { return [] }
    let section = sections[index]
    guard section.entrySize == symbolSize, section.size % symbolSize == 0 else {
      warnings.append(.wrongSymbolSize(section: index, entrySize: section.entrySize, size: section.size))
      return []
    }
    // A table outside the file has its warning from the reader of sections.
    guard let table = file.table(offset: section.offset, count: section.size / symbolSize, recordSize: symbolSize)
    else { return [] }
    guard let nameSection = Int(exactly: section.link), sections.indices.contains(nameSection),
      sections[nameSection].type == .stringTable,
      let nameRange = file.range(offset: sections[nameSection].offset, size: sections[nameSection].size)
    else {
      warnings.append(.symbolNamesMissing(section: index, link: section.link))
      return []
    }
    var names = StringTable(file.bytes[nameRange])
    let extendedIndices =
      sections.first { $0.type == .extendedSymbolIndices && $0.link == UInt32(index) }
      .flatMap { file.table(offset: $0.offset, count: $0.size / 4, recordSize: 4) }

    var nameless: [Int] = []
    let symbols = table.indices.dropFirst().map { index in
      let information = table.integer(UInt8.self, record: index, field: 4)
      let kind = Symbol.Kind(elf: information & 15)
      let sectionIndex = sectionIndex(of: index, table, extendedIndices)
      var name = names.string(at: UInt64(table.integer(UInt32.self, record: index, field: 0)))
      if name == nil { nameless.append(index) }
      if kind == .section, name == "", case .section(let owner) = sectionIndex, sections.indices.contains(owner) {
        name = sections[owner].name
      }
      return Symbol(
        name: name ?? "",
        address: table.integer(UInt64.self, record: index, field: 8),
        size: table.integer(UInt64.self, record: index, field: 16),
        kind: kind, binding: Symbol.Binding(elf: information >> 4), sectionIndex: sectionIndex)
    }
    if let first = nameless.first {
      warnings.append(.badSymbolNames(section: index, first: first, count: nameless.count))
    }
    return symbols
  }

  private static func sectionIndex(
    of symbol: Int, _ table: FileTable, _ extendedIndices: FileTable?
  ) -> Symbol.SectionIndex {
    switch table.integer(UInt16.self, record: symbol, field: 6) {
    case 0: return .undefined
    case 0xfff1: return .absolute
    case 0xfff2: return .common
    case 0xffff:
      guard let extendedIndices, extendedIndices.indices.contains(symbol) else { return .unknown }
      return .section(Int(extendedIndices.integer(UInt32.self, record: symbol, field: 0)))
    case let reserved where reserved >= 0xff00: return .unknown
    case let index: return .section(Int(index))
    }
  }
}

extension Symbol.Kind {
  /// From the low half of `st_info`. An indirect function counts as one; what only other systems define is `none`.
  fileprivate init(elf type: UInt8) {
    self =
      switch type {
      case 1, 5: .object
      case 2, 10: .function
      case 3: .section
      case 4: .file
      case 6: .threadLocal
      default: .none
      }
  }
}

extension Symbol.Binding {
  /// From the high half of `st_info`. GNU's unique symbols are global; what only other systems define is local.
  fileprivate init(elf binding: UInt8) {
    self =
      switch binding {
      case 1, 10: .global
      case 2: .weak
      default: .local
      }
  }
}
