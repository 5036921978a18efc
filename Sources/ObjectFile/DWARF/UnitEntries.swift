/// The entries of one unit as a tree. DWARF 5, "Debugging Information Entry (DIE)".
///
/// Kept of each is where it lies and how it is written; its attributes are read when asked for.
final class UnitEntries: Sendable {
  struct Entry: Sendable {
    /// In `.debug_info`.
    let offset: UInt64
    /// Where its attributes begin.
    let attributes: UInt64
    /// Into the table of abbreviations.
    let abbreviation: Int32
    /// Index of the entry this one is part of; -1 for the first.
    let parent: Int32
    /// Index of the entry behind its last descendant.
    fileprivate(set) var end: Int32
  }

  let unit: DWARFUnit
  let entries: [Entry]
  /// What could not be read: the entries behind it are missing.
  let warning: DWARFError?
  private let abbreviations: [Abbreviation]

  init(_ unit: DWARFUnit) {
    self.unit = unit
    var reader = EntryReader(unit)
    do throws(DWARFError) {
      try reader.read()
      warning = nil
    } catch {
      warning = error
    }
    for index in reader.entries.indices where reader.entries[index].end < 0 {
      reader.entries[index].end = Int32(reader.entries.count)
    }
    entries = reader.entries
    abbreviations = reader.abbreviations
  }

  func tag(_ index: Int) -> UInt64 { abbreviations[Int(entries[index].abbreviation)].tag }

  /// Index of the entry that begins at an offset in `.debug_info`.
  func index(ofEntryAt offset: UInt64) -> Int? {
    let index = entries.partitioningIndex { $0.offset >= offset }
    return index < entries.count && entries[index].offset == offset ? index : nil
  }

  /// The attributes of an entry, those that can be read.
  func attributes(_ index: Int) -> EntryAttributes {
    let abbreviation = abbreviations[Int(entries[index].abbreviation)]
    var attributes = EntryAttributes()
    guard var cursor = try? unit.sections.cursor(.info, at: entries[index].attributes) else { return attributes }
    for attribute in abbreviation.attributes {
      guard
        let value = try? DWARFForm.read(
          attribute.form, &cursor, offsetSize: unit.offsetSize, implicit: attribute.implicit)
      else { break }
      attributes.append(attribute.name, value)
    }
    return attributes
  }
}

/// Goes through a unit's entries once.
private struct EntryReader {
  /// Deeper nesting is refused, so that nobody need fear to descend.
  private static let deepest = 512

  let unit: DWARFUnit
  var entries: [UnitEntries.Entry] = []
  private(set) var abbreviations: [Abbreviation] = []

  init(_ unit: DWARFUnit) { self.unit = unit }

  mutating func read() throws(DWARFError) {
    // Entries may be a byte each and written in a way that takes long to skip; see `DWARFWork`.
    var work = DWARFWork(size: unit.end - unit.offset + UInt64(unit.sections.bytes(.abbreviations).count))
    let table = try AbbreviationTable(unit.sections, at: unit.abbreviations, &work)
    abbreviations = table.all
    let sizes = table.all.map { $0.fixedSize(offsetSize: unit.offsetSize) }
    var cursor = try unit.sections.cursor(.info, at: unit.entries)
    try cursor.limit(to: unit.end - unit.entries)
    var open: [Int] = []
    while !cursor.isAtEnd {
      let place = cursor.place
      let code = try cursor.unsigned()
      guard code != 0 else {
        // Behind the first entry's descendants there may be padding.
        guard let last = open.popLast() else { return }
        entries[last].end = Int32(entries.count)
        continue
      }
      guard let index = table.index(of: code) else { throw .unknownAbbreviation(place, code) }
      let attributes = cursor.offset
      if let size = sizes[index] {
        try cursor.skip(UInt64(size))
      } else {
        try work.spend(UInt64(abbreviations[index].attributes.count), at: place)
        for attribute in abbreviations[index].attributes {
          _ = try DWARFForm.read(attribute.form, &cursor, offsetSize: unit.offsetSize)
        }
      }
      let hasChildren = abbreviations[index].hasChildren
      guard open.count < Self.deepest, entries.count < Int(Int32.max) else { throw .tooDeep(place) }
      entries.append(
        UnitEntries.Entry(
          offset: place.offset, attributes: attributes, abbreviation: Int32(index), parent: Int32(open.last ?? -1),
          end: hasChildren ? -1 : Int32(entries.count + 1)))
      if hasChildren { open.append(entries.count - 1) }
    }
  }
}

/// The attributes of one entry, in its order.
struct EntryAttributes: Sendable {
  private var values: [(name: UInt64, value: DWARFValue)] = []

  mutating func append(_ name: UInt64, _ value: DWARFValue) { values.append((name, value)) }

  subscript(name: UInt64) -> DWARFValue? { values.first { $0.name == name }?.value }

  /// Whether a flag is there and set.
  func flag(_ name: UInt64) -> Bool { self[name] == .flag(true) }

  /// A number that cannot be negative.
  func unsigned(_ name: UInt64) -> UInt64? {
    switch self[name] {
    case .constant(let value): value
    case .signedConstant(let value) where value >= 0: UInt64(value)
    default: nil
    }
  }

  /// A number, the bits above its size being its sign only where its form says so.
  func signed(_ name: UInt64) -> Int64? {
    switch self[name] {
    case .constant(let value): Int64(bitPattern: value)
    case .signedConstant(let value): value
    default: nil
    }
  }
}
