/// One unit of `.debug_info`: its header and what its first entry says, without the entries below.
/// DWARF 5, "Unit Headers".
struct DWARFUnit: Sendable {
  let sections: DWARFSections
  /// Where the unit begins, in `.debug_info`.
  let offset: UInt64
  /// Where its first entry begins.
  let entries: UInt64
  /// Where it ends.
  let end: UInt64
  let version: UInt16
  let offsetSize: Int
  let abbreviations: UInt64

  private(set) var name = ""
  private(set) var compilationDirectory = ""
  private(set) var producer: String?
  /// As `DW_LANG_…`; 0 where not said.
  private(set) var language: UInt64 = 0
  /// Where the line program is.
  private(set) var lines: UInt64?
  /// What addresses in lists count from, unless they say otherwise.
  private(set) var baseAddress: UInt64 = 0
  /// The addresses of the unit's code, where the first entry tells them.
  private(set) var addresses: [Range<UInt64>] = []
  /// What could not be read of the first entry.
  private(set) var warnings: [DWARFError] = []

  private var stringOffsetsBase: UInt64
  private var addressesBase: UInt64
  var rangeListsBase: UInt64
  var locationListsBase: UInt64

  var place: DWARFPlace { DWARFPlace(section: .info, offset: offset) }

  /// Reads a unit; `cursor` is then behind it, even if the unit cannot be read, unless its length is nonsense.
  init(_ cursor: inout DWARFCursor, _ sections: DWARFSections, _ work: inout DWARFWork) throws(DWARFError) {
    self.sections = sections
    offset = cursor.offset
    var header: DWARFCursor
    (header, offsetSize) = try cursor.unitLength()
    end = cursor.offset
    version = try header.half()
    guard (2...5).contains(version) else {
      throw .unknownVersion(DWARFPlace(section: .info, offset: offset), UInt64(version))
    }
    let addressSize: UInt8
    if version >= 5 {
      let kind = try header.byte()
      addressSize = try header.byte()
      abbreviations = try header.integer(bytes: offsetSize)
      switch kind {
      case 2, 6: try header.skip(UInt64(8 + offsetSize))  // A type's signature and where it is.
      case 4, 5: try header.skip(8)  // A split unit's identification.
      default: break
      }
    } else {
      abbreviations = try header.integer(bytes: offsetSize)
      addressSize = try header.byte()
    }
    guard addressSize == 8 else {
      throw .wrongAddressSize(DWARFPlace(section: .info, offset: offset), UInt64(addressSize))
    }
    entries = header.offset
    // The first table of a section begins behind its header, if nobody says where.
    let afterHeader: UInt64 = version >= 5 ? (offsetSize == 4 ? 8 : 16) : 0
    stringOffsetsBase = afterHeader
    addressesBase = afterHeader
    rangeListsBase = version >= 5 ? (offsetSize == 4 ? 12 : 20) : 0
    locationListsBase = rangeListsBase
    try readFirstEntry(&header, &work)
  }

  private mutating func readFirstEntry(
    _ cursor: inout DWARFCursor, _ work: inout DWARFWork
  ) throws(DWARFError) {
    let place = cursor.place
    guard case let code = try cursor.unsigned(), code != 0 else { return }
    guard let abbreviation = try AbbreviationTable.find(code, sections, at: abbreviations, &work) else {
      throw .unknownAbbreviation(place, code)
    }
    var values: [UInt64: DWARFValue] = [:]
    for attribute in abbreviation.attributes {
      values[attribute.name] = try DWARFForm.read(
        attribute.form, &cursor, offsetSize: offsetSize, implicit: attribute.implicit)
    }
    // Other attributes depend on these, which may come behind them.
    if let base = offset(values[DWARFAttribute.stringOffsetsBase]) { stringOffsetsBase = base }
    if let base = offset(values[DWARFAttribute.addressesBase] ?? values[DWARFAttribute.gnuAddressesBase]) {
      addressesBase = base
    }
    if let base = offset(values[DWARFAttribute.rangeListsBase] ?? values[DWARFAttribute.gnuRangesBase]) {
      rangeListsBase = base
    }
    if let base = offset(values[DWARFAttribute.locationListsBase]) { locationListsBase = base }
    lines = offset(values[DWARFAttribute.lines])
    if case .constant(let language) = values[DWARFAttribute.language] { self.language = language }
    do throws(DWARFError) {
      name = try string(values[DWARFAttribute.name]) ?? ""
      compilationDirectory = try string(values[DWARFAttribute.compilationDirectory]) ?? ""
      producer = try string(values[DWARFAttribute.producer])
      let low = try values[DWARFAttribute.lowPC].flatMap { value throws(DWARFError) in try address(value) }
      baseAddress = low ?? 0
      addresses = try addresses(
        low: values[DWARFAttribute.lowPC], high: values[DWARFAttribute.highPC], ranges: values[DWARFAttribute.ranges],
        &work)
    } catch { warnings.append(error) }
  }

  /// An attribute that refers into another section. Before version 4 it was written like a constant.
  func offset(_ value: DWARFValue?) -> UInt64? {
    switch value {
    case .sectionOffset(let offset): offset
    case .constant(let offset) where version < 4: offset
    default: nil
    }
  }

  /// The string that an attribute of this unit means; nil for one that is no string or in another file.
  func string(_ value: DWARFValue?, in section: DWARFSection = .info) throws(DWARFError) -> String? {
    switch value {
    case .inlineString(let offset): return try sections.string(in: section, at: offset)
    case .string(let section, let offset): return try sections.string(in: section, at: offset)
    case .stringIndex(let index):
      var cursor = try sections.cursor(
        .stringOffsets, at: entryOffset(stringOffsetsBase, index, size: UInt64(offsetSize)))
      return try sections.string(in: .strings, at: try cursor.integer(bytes: offsetSize))
    default: return nil
    }
  }

  /// The address that an attribute of this unit means.
  func address(_ value: DWARFValue) throws(DWARFError) -> UInt64? {
    switch value {
    case .address(let address): return address
    case .addressIndex(let index): return try address(index: index)
    default: return nil
    }
  }

  /// An address from the unit's table in `.debug_addr`.
  func address(index: UInt64) throws(DWARFError) -> UInt64 {
    var cursor = try sections.cursor(.addresses, at: entryOffset(addressesBase, index, size: 8))
    return try cursor.double()
  }

  /// Where the entry of a table is; nowhere in the section if that overflows.
  func entryOffset(_ base: UInt64, _ index: UInt64, size: UInt64) -> UInt64 {
    let (distance, isLarge) = index.multipliedReportingOverflow(by: size)
    let (offset, overflow) = base.addingReportingOverflow(distance)
    return isLarge || overflow ? .max : offset
  }
}
