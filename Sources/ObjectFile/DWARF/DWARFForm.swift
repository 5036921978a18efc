/// The value of an attribute as it is written; what it refers to is not looked up.
enum DWARFValue: Hashable, Sendable {
  case address(UInt64)
  /// Into `.debug_addr`.
  case addressIndex(UInt64)
  /// Whether bits above its size are its sign is for the attribute to know.
  case constant(UInt64)
  case signedConstant(Int64)
  /// Where the bytes are in the section that has the attribute.
  case block(Range<UInt64>)
  /// In the section itself, at this offset.
  case inlineString(UInt64)
  case string(DWARFSection, UInt64)
  /// Into `.debug_str_offsets`.
  case stringIndex(UInt64)
  case flag(Bool)
  /// From the unit's beginning.
  case unitReference(UInt64)
  /// From the section's beginning.
  case reference(UInt64)
  /// Into another file, or to a type by its signature.
  case elsewhere
  case sectionOffset(UInt64)
  /// Into the unit's table of location or range lists.
  case listIndex(UInt64)
}

/// How an attribute's value is written. DWARF 5, "Attribute Encodings".
enum DWARFForm {
  /// Reads a value.
  @inline(__always)
  static func read(
    _ form: UInt64, _ cursor: inout DWARFCursor, offsetSize: Int, implicit: Int64 = 0
  ) throws(DWARFError) -> DWARFValue {
    switch form {
    case 0x01: return .address(try cursor.double())
    case 0x03: return try block(&cursor, UInt64(try cursor.half()))
    case 0x04: return try block(&cursor, UInt64(try cursor.word()))
    case 0x05: return .constant(try cursor.integer(bytes: 2))
    case 0x06: return .constant(try cursor.integer(bytes: 4))
    case 0x07: return .constant(try cursor.integer(bytes: 8))
    case 0x08:
      let offset = cursor.offset
      try cursor.skipString()
      return .inlineString(offset)
    case 0x09, 0x18: return try block(&cursor, try cursor.unsigned())
    case 0x0a: return try block(&cursor, UInt64(try cursor.byte()))
    case 0x0b: return .constant(UInt64(try cursor.byte()))
    case 0x0c: return .flag(try cursor.byte() != 0)
    case 0x0d: return .signedConstant(try cursor.signed())
    case 0x0e: return .string(.strings, try cursor.integer(bytes: offsetSize))
    case 0x0f: return .constant(try cursor.unsigned())
    case 0x10: return .reference(try cursor.integer(bytes: offsetSize))
    case 0x11: return .unitReference(UInt64(try cursor.byte()))
    case 0x12: return .unitReference(try cursor.integer(bytes: 2))
    case 0x13: return .unitReference(try cursor.integer(bytes: 4))
    case 0x14: return .unitReference(try cursor.integer(bytes: 8))
    case 0x15: return .unitReference(try cursor.unsigned())
    case 0x16: return try indirect(&cursor, offsetSize)
    case 0x17: return .sectionOffset(try cursor.integer(bytes: offsetSize))
    case 0x19: return .flag(true)
    case 0x1a: return .stringIndex(try cursor.unsigned())
    case 0x1b: return .addressIndex(try cursor.unsigned())
    case 0x1c: return try elsewhere(&cursor, bytes: 4)
    case 0x1d: return try elsewhere(&cursor, bytes: offsetSize)
    case 0x1e: return try block(&cursor, 16)
    case 0x1f: return .string(.lineStrings, try cursor.integer(bytes: offsetSize))
    case 0x20, 0x24: return try elsewhere(&cursor, bytes: 8)
    case 0x21: return .signedConstant(implicit)
    case 0x22, 0x23: return .listIndex(try cursor.unsigned())
    case 0x25...0x28: return .stringIndex(try cursor.integer(bytes: Int(form - 0x24)))
    case 0x29...0x2c: return .addressIndex(try cursor.integer(bytes: Int(form - 0x28)))
    // What GNU's compilers wrote before version 5, and `dwz`'s references into a common file.
    case 0x1f01: return .addressIndex(try cursor.unsigned())
    case 0x1f02: return .stringIndex(try cursor.unsigned())
    case 0x1f20, 0x1f21: return try elsewhere(&cursor, bytes: offsetSize)
    default: throw .unknownForm(cursor.place, form)
    }
  }

  private static func indirect(_ cursor: inout DWARFCursor, _ offsetSize: Int) throws(DWARFError) -> DWARFValue {
    let form = try cursor.unsigned()
    // An indirect form of an indirect form, or of a constant in the abbreviation, is nonsense.
    guard form != 0x16, form != 0x21 else { throw .unknownForm(cursor.place, form) }
    return try read(form, &cursor, offsetSize: offsetSize)
  }

  private static func block(_ cursor: inout DWARFCursor, _ count: UInt64) throws(DWARFError) -> DWARFValue {
    let start = cursor.offset
    try cursor.skip(count)
    return .block(start..<cursor.offset)
  }

  private static func elsewhere(_ cursor: inout DWARFCursor, bytes: Int) throws(DWARFError) -> DWARFValue {
    try cursor.skip(UInt64(bytes))
    return .elsewhere
  }

  /// The size of a value of this form where all its values have the same.
  static func fixedSize(_ form: UInt64, offsetSize: Int) -> Int? {
    switch form {
    case 0x01, 0x07, 0x14, 0x20, 0x24: 8
    case 0x05, 0x12, 0x26, 0x2a: 2
    case 0x06, 0x13, 0x1c, 0x28, 0x2c: 4
    case 0x0b, 0x0c, 0x11, 0x25, 0x29: 1
    case 0x0e, 0x10, 0x17, 0x1d, 0x1f, 0x1f20, 0x1f21: offsetSize
    case 0x19, 0x21: 0
    case 0x1e: 16
    case 0x27, 0x2b: 3
    default: nil
    }
  }
}
