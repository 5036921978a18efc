/// How entries of one kind are written: their tag and which attributes they have in which form.
/// DWARF 5, "Abbreviations Tables".
struct Abbreviation: Sendable {
  struct Attribute: Sendable {
    let name: UInt64
    let form: UInt64
    /// The value, where the form says that it is here.
    let implicit: Int64
  }

  let tag: UInt64
  let hasChildren: Bool
  let attributes: [Attribute]

  /// The size of all attributes together where it is always the same.
  func fixedSize(offsetSize: Int) -> Int? {
    var sum = 0
    for attribute in attributes {
      guard let size = DWARFForm.fixedSize(attribute.form, offsetSize: offsetSize) else { return nil }
      sum += size
    }
    return sum
  }

  /// Reads what follows the code.
  fileprivate init(_ cursor: inout DWARFCursor) throws(DWARFError) {
    tag = try cursor.unsigned()
    hasChildren = try cursor.byte() != 0
    var attributes: [Attribute] = []
    while true {
      let name = try cursor.unsigned()
      let form = try cursor.unsigned()
      let implicit = form == 0x21 ? try cursor.signed() : 0
      if name == 0, form == 0 { break }
      attributes.append(Attribute(name: name, form: form, implicit: implicit))
    }
    self.attributes = attributes
  }
}

/// The abbreviations of one unit or of several.
struct AbbreviationTable: Sendable {
  private(set) var all: [Abbreviation] = []
  /// Compilers number them from 1 without gaps, which this makes an array; others go to the dictionary.
  private var others: [UInt64: Int] = [:]
  private var denseCount: UInt64 = 0

  /// Reads the table at an offset.
  init(_ sections: DWARFSections, at offset: UInt64, _ work: inout DWARFWork) throws(DWARFError) {
    var cursor = try sections.cursor(.abbreviations, at: offset)
    let place = cursor.place
    while case let code = try cursor.unsigned(), code != 0 {
      if code == denseCount + 1, others.isEmpty { denseCount = code } else { others[code] = all.count }
      all.append(try Abbreviation(&cursor))
    }
    try work.spend(cursor.offset - offset, at: place)
  }

  /// The index in `all` of the abbreviation with this code.
  func index(of code: UInt64) -> Int? {
    if code <= denseCount { return code > 0 ? Int(code - 1) : nil }
    return others[code]
  }

  /// One abbreviation of the table at an offset, without reading those behind it.
  static func find(
    _ code: UInt64, _ sections: DWARFSections, at offset: UInt64, _ work: inout DWARFWork
  ) throws(DWARFError) -> Abbreviation? {
    var cursor = try sections.cursor(.abbreviations, at: offset)
    let place = cursor.place
    while case let found = try cursor.unsigned(), found != 0 {
      let abbreviation = try Abbreviation(&cursor)
      if found == code {
        try work.spend(cursor.offset - offset, at: place)
        return abbreviation
      }
    }
    try work.spend(cursor.offset - offset, at: place)
    return nil
  }
}
