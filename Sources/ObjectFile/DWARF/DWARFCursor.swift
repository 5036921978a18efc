/// Reads a section's bytes one after another. Every read is checked against the end.
struct DWARFCursor: Sendable {
  /// Longer strings are refused: symbols and paths stay far below.
  static let longestString = 1 << 16

  let section: DWARFSection
  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var end: Int

  init(_ section: DWARFSection, _ bytes: ArraySlice<UInt8>, at offset: UInt64 = 0) throws(DWARFError) {
    self.section = section
    self.bytes = bytes
    index = bytes.startIndex
    end = bytes.endIndex
    try seek(offset)
  }

  /// From the section's beginning.
  var offset: UInt64 { UInt64(index - bytes.startIndex) }
  var isAtEnd: Bool { index >= end }
  var remaining: Int { end - index }
  var place: DWARFPlace { DWARFPlace(section: section, offset: offset) }

  /// Goes to an offset from the section's beginning; the end counts as one.
  mutating func seek(_ offset: UInt64) throws(DWARFError) {
    guard offset <= UInt64(end - bytes.startIndex) else {
      throw .outside(DWARFPlace(section: section, offset: offset), size: UInt64(end - bytes.startIndex))
    }
    index = bytes.startIndex + Int(offset)
  }

  mutating func skip(_ count: UInt64) throws(DWARFError) {
    guard count <= UInt64(remaining) else { throw .truncated(place) }
    index += Int(count)
  }

  /// Forgets everything behind the next `count` bytes.
  mutating func limit(to count: UInt64) throws(DWARFError) {
    guard count <= UInt64(remaining) else { throw .truncated(place) }
    end = index + Int(count)
  }

  /// The next `count` bytes as a cursor of their own, which this one then has behind it.
  mutating func part(_ count: UInt64) throws(DWARFError) -> DWARFCursor {
    var part = self
    try part.limit(to: count)
    index += Int(count)
    return part
  }

  /// The bytes that are left.
  var rest: ArraySlice<UInt8> { bytes[index..<end] }

  @inline(__always)
  mutating func byte() throws(DWARFError) -> UInt8 {
    guard index < end else { throw .truncated(place) }
    defer { index += 1 }
    return bytes[index]
  }

  /// A little-endian integer of 1 to 8 bytes.
  mutating func integer(bytes count: Int) throws(DWARFError) -> UInt64 {
    guard count <= remaining else { throw .truncated(place) }
    var value: UInt64 = 0
    for position in 0..<count { value |= UInt64(bytes[index + position]) << UInt64(8 * position) }
    index += count
    return value
  }

  mutating func half() throws(DWARFError) -> UInt16 { UInt16(try integer(bytes: 2)) }
  mutating func word() throws(DWARFError) -> UInt32 { UInt32(try integer(bytes: 4)) }
  mutating func double() throws(DWARFError) -> UInt64 { try integer(bytes: 8) }

  /// An unsigned number of any length whose value has 64 bits (`ULEB128`).
  @inline(__always)
  mutating func unsigned() throws(DWARFError) -> UInt64 {
    let first = try byte()
    return first < 0x80 ? UInt64(first) : try longUnsigned(first)
  }

  private mutating func longUnsigned(_ first: UInt8) throws(DWARFError) -> UInt64 {
    let start = place
    var value = UInt64(first & 0x7f)
    var shift = 7
    while true {
      let byte = try byte()
      let bits = UInt64(byte & 0x7f)
      if shift < 64 { value |= bits << UInt64(shift) }
      guard shift < 64 ? (bits << UInt64(shift)) >> UInt64(shift) == bits : bits == 0 else { throw .largeNumber(start) }
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  /// A signed number of any length, of which 64 bits are kept (`SLEB128`).
  mutating func signed() throws(DWARFError) -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
      shift = min(shift + 7, 70)
      guard byte & 0x80 == 0 else { continue }
      if byte & 0x40 != 0, shift < 64 { value |= .max << shift }
      return Int64(bitPattern: value)
    }
  }

  /// A zero-terminated string of at most `longestString` bytes.
  mutating func string() throws(DWARFError) -> String {
    let start = index
    try skipString()
    return String(decoding: bytes[start..<index - 1], as: UTF8.self)
  }

  mutating func skipString() throws(DWARFError) {
    guard let terminator = rest.prefix(Self.longestString).firstIndex(of: 0) else { throw .unterminated(place) }
    index = terminator + 1
  }

  /// The length at the beginning of a unit: it says with which size offsets are written (4 or 8 bytes), and what follows
  /// it. The cursor is limited to that. DWARF 5, "32-Bit and 64-Bit DWARF Formats".
  mutating func unitLength() throws(DWARFError) -> (unit: DWARFCursor, offsetSize: Int) {
    let start = place
    let length = try word()
    switch length {
    case 0xffff_ffff: return (try part(try double()), 8)
    case 0xffff_fff0...: throw .reservedLength(start, UInt64(length))
    default: return (try part(UInt64(length)), 4)
    }
  }
}
