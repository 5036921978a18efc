/// A small ELF file made field by field, so that each can be wrong: header, program headers, names, symbols, section
/// names, section headers, in this order and without gaps.
struct HandmadeELF: Sendable {
  struct Segment: Sendable {
    var address: UInt64
    var offset: UInt64 = 64
    var fileSize: UInt64 = 16
    var memorySize: UInt64
  }

  var segments = [
    Segment(address: 0x8000_0000, memorySize: 0x10_0000), Segment(address: 0x8010_0000, memorySize: 16),
  ]
  /// The string table of the symbols.
  var names = Array("\0first\0second\0".utf8) + [0, 0]
  /// Where in `names` each symbol's name begins.
  var symbolNames: [UInt32] = [1, 7]
  /// Size of the file and offset of its section headers, unless somebody changes segments or names.
  static let size: UInt64 = 552
  static let sectionHeaders = 296

  /// How many bytes are left of the file.
  var cut: Int?
  private var patches: [(offset: Int, bytes: [UInt8])] = []

  mutating func patch(_ offset: Int, _ bytes: [UInt8]) { patches.append((offset, bytes)) }
  mutating func patch(_ offset: Int, _ value: UInt64) { patch(offset, little(value)) }

  var bytes: [UInt8] {
    let sectionNames = Array("\0.symtab\0.strtab\0.shstrtab\0".utf8) + [UInt8](repeating: 0, count: 5)
    let namesOffset = 64 + 56 * segments.count
    let symbolsOffset = namesOffset + names.count
    let sectionNamesOffset = symbolsOffset + 24 * (symbolNames.count + 1)
    let sectionHeadersOffset = sectionNamesOffset + sectionNames.count

    var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    bytes += little(UInt16(2)) + little(UInt16(243)) + little(UInt32(1)) + little(UInt64(0x8000_0000))
    bytes += little(UInt64(64)) + little(UInt64(sectionHeadersOffset)) + little(UInt32(1))
    for half in [64, 56, segments.count, 64, 4, 3] { bytes += little(UInt16(half)) }
    for segment in segments {
      bytes += little(UInt32(1)) + little(UInt32(7)) + little(segment.offset) + little(segment.address)
      bytes += little(UInt64(0)) + little(segment.fileSize) + little(segment.memorySize) + little(UInt64(16))
    }
    bytes += names + [UInt8](repeating: 0, count: 24)
    for name in symbolNames {
      bytes += little(name) + [0x12, 0, 0xf1, 0xff] + little(UInt64(name)) + little(UInt64(0))
    }
    bytes += sectionNames + [UInt8](repeating: 0, count: 64)
    for (name, type, offset, size, entrySize) in [
      (1, 2, symbolsOffset, 24 * (symbolNames.count + 1), 24), (9, 3, namesOffset, names.count, 0),
      (17, 3, sectionNamesOffset, sectionNames.count, 0),
    ] {
      bytes += little(UInt32(name)) + little(UInt32(type)) + [UInt8](repeating: 0, count: 16)
      bytes += little(UInt64(offset)) + little(UInt64(size)) + little(UInt32(2)) + little(UInt32(0))
      bytes += little(UInt64(1)) + little(UInt64(entrySize))
    }
    for patch in patches { bytes.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes) }
    return Array(bytes.prefix(cut ?? .max))
  }

  private func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
