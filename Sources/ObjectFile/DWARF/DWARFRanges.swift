extension DWARFUnit {
  /// The addresses that an entry's attributes give it: a list of ranges, or one from its low to its high end. Ranges
  /// whose code the linker dropped are left out.
  func addresses(
    low: DWARFValue?, high: DWARFValue?, ranges: DWARFValue?, _ work: inout DWARFWork
  ) throws(DWARFError) -> [Range<UInt64>] {
    if let ranges { return try rangeList(ranges, &work) }
    guard let low, let start = try address(low), let high else { return [] }
    var end: UInt64?
    switch high {
    case .constant(let size): end = start &+ size
    case .signedConstant(let size): end = start &+ UInt64(bitPattern: size)
    default: end = try address(high)
    }
    guard let end, start < end, sections.isCode(start) else { return [] }
    return [start..<end]
  }

  private func rangeList(_ value: DWARFValue, _ work: inout DWARFWork) throws(DWARFError) -> [Range<UInt64>] {
    var list = Ranges(sections: sections)
    let cursor: DWARFCursor
    if version < 5 {
      guard let offset = offset(value) else { return [] }
      cursor = try sections.cursor(.ranges, at: offset)
      try readOldList(cursor, &list, &work)
    } else {
      cursor = try sections.cursor(.rangeLists, at: try listOffset(value, .rangeLists, base: rangeListsBase))
      try readList(cursor, &list, &work)
    }
    return list.all
  }

  /// Where a list of ranges or locations is: said directly, or by an index into a table of offsets.
  func listOffset(_ value: DWARFValue, _ section: DWARFSection, base: UInt64) throws(DWARFError) -> UInt64 {
    switch value {
    case .sectionOffset(let offset): return offset
    case .listIndex(let index):
      var cursor = try sections.cursor(section, at: entryOffset(base, index, size: UInt64(offsetSize)))
      return base &+ (try cursor.integer(bytes: offsetSize))
    default: throw .wrongForm(place, 0x55)
    }
  }

  /// DWARF 4, "Non-Contiguous Address Ranges".
  private func readOldList(
    _ start: DWARFCursor, _ list: inout Ranges, _ work: inout DWARFWork
  ) throws(DWARFError) {
    var cursor = start
    var base = baseAddress
    while true {
      try work.spend(16, at: start.place)
      let (first, second) = (try cursor.double(), try cursor.double())
      if first == 0, second == 0 { return }
      if first == .max { base = second } else { list.append(base &+ first, base &+ second) }
    }
  }

  /// DWARF 5, "Range List Entries".
  private func readList(_ start: DWARFCursor, _ list: inout Ranges, _ work: inout DWARFWork) throws(DWARFError) {
    var cursor = start
    var base = baseAddress
    while true {
      try work.spend(8, at: start.place)
      let place = cursor.place
      switch try cursor.byte() {
      case 0: return
      case 1: base = try address(index: try cursor.unsigned())
      case 2:
        let first = try address(index: try cursor.unsigned())
        list.append(first, try address(index: try cursor.unsigned()))
      case 3:
        let first = try address(index: try cursor.unsigned())
        list.append(first, first &+ (try cursor.unsigned()))
      case 4:
        let first = base &+ (try cursor.unsigned())
        list.append(first, base &+ (try cursor.unsigned()))
      case 5: base = try cursor.double()
      case 6:
        let first = try cursor.double()
        list.append(first, try cursor.double())
      case 7:
        let first = try cursor.double()
        list.append(first, first &+ (try cursor.unsigned()))
      case let kind: throw .unknownOperation(place, UInt64(kind))
      }
    }
  }

  private struct Ranges {
    let sections: DWARFSections
    var all: [Range<UInt64>] = []

    mutating func append(_ start: UInt64, _ end: UInt64) {
      if start < end, sections.isCode(start) { all.append(start..<end) }
    }
  }
}
