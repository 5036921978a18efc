/// What a line program begins with: its constants and its file names. DWARF 5, "The Line Number Program Header".
struct LineHeader: Sendable {
  /// A directory's or file's name, not looked up yet, and the index of the directory that it is in.
  struct Entry: Sendable {
    var name: DWARFValue
    var directory: UInt64 = 0
  }

  let version: UInt16
  let minimumInstructionLength: UInt64
  let isStatementAtStart: Bool
  let lineBase: Int64
  let lineRange: UInt8
  let opcodeBase: UInt8
  /// How many operands each standard opcode has, from opcode 1.
  let operandCounts: [UInt8]
  /// By index. Before version 5 index 0 is the compilation directory, and its name here is empty.
  private(set) var directories: [Entry] = []
  /// By index. Before version 5 files count from 1, and the one at index 0 here is empty.
  private(set) var files: [Entry] = []
  /// The instructions.
  let program: DWARFCursor
  /// Where the header begins.
  let place: DWARFPlace

  init(_ sections: DWARFSections, at offset: UInt64) throws(DWARFError) {
    var whole = try sections.cursor(.lines, at: offset)
    place = whole.place
    var (cursor, offsetSize) = try whole.unitLength()
    version = try cursor.half()
    guard (2...5).contains(version) else { throw .unknownVersion(place, UInt64(version)) }
    if version >= 5 {
      let addressSize = try cursor.byte()
      guard addressSize == 8 else { throw .wrongAddressSize(place, UInt64(addressSize)) }
      _ = try cursor.byte()
    }
    let headerLength = try cursor.integer(bytes: offsetSize)
    var program = cursor
    try program.skip(headerLength)
    self.program = program
    try cursor.limit(to: headerLength)

    minimumInstructionLength = UInt64(try cursor.byte())
    if version >= 4 {
      let operations = try cursor.byte()
      guard operations <= 1 else { throw .severalOperations(place, UInt64(operations)) }
    }
    isStatementAtStart = try cursor.byte() != 0
    lineBase = Int64(Int8(bitPattern: try cursor.byte()))
    lineRange = try cursor.byte()
    opcodeBase = try cursor.byte()
    var counts: [UInt8] = []
    for _ in 1..<max(1, opcodeBase) { counts.append(try cursor.byte()) }
    operandCounts = counts
    if version >= 5 {
      directories = try Self.entries(&cursor, offsetSize)
      files = try Self.entries(&cursor, offsetSize)
    } else {
      try readOldNames(&cursor)
    }
  }

  private mutating func readOldNames(_ cursor: inout DWARFCursor) throws(DWARFError) {
    let empty = Entry(name: .constant(0))
    directories = [empty]
    files = [empty]
    while true {
      let start = cursor.offset
      try cursor.skipString()
      if cursor.offset == start + 1 { break }
      directories.append(Entry(name: .inlineString(start)))
    }
    while true {
      let start = cursor.offset
      try cursor.skipString()
      if cursor.offset == start + 1 { break }
      files.append(Entry(name: .inlineString(start), directory: try cursor.unsigned()))
      _ = try cursor.unsigned()  // time of modification
      _ = try cursor.unsigned()  // size
    }
  }

  /// A table of version 5: a list of what each entry tells and in which form, then the entries.
  private static func entries(_ cursor: inout DWARFCursor, _ offsetSize: Int) throws(DWARFError) -> [Entry] {
    var format: [(content: UInt64, form: UInt64)] = []
    for _ in 0..<(try cursor.byte()) { format.append((try cursor.unsigned(), try cursor.unsigned())) }
    let place = cursor.place
    let count = try cursor.unsigned()
    // An entry takes at least a byte for its name.
    guard count <= UInt64(cursor.remaining), !format.isEmpty || count == 0 else { throw .largeCount(place, count) }
    var entries: [Entry] = []
    entries.reserveCapacity(Int(count))
    for _ in 0..<count {
      var entry = Entry(name: .constant(0))
      for (content, form) in format {
        let value = try DWARFForm.read(form, &cursor, offsetSize: offsetSize)
        switch (content, value) {
        case (1, _): entry.name = value
        case (2, .constant(let index)): entry.directory = index
        default: break  // Time, size, MD5 and what vendors add.
        }
      }
      entries.append(entry)
    }
    return entries
  }
}
