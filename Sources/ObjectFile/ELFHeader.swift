/// The file header, checked field by field: where the tables lie, before anybody looks whether they fit the file.
struct ELFHeader {
  static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
  static let size: UInt64 = 64

  let type: ELFFile.FileType
  let flags: ELFFile.Flags
  let entry: UInt64
  let programHeaderOffset: UInt64
  let programHeaderSize: UInt16
  let programHeaderCount: UInt64
  let sectionHeaderOffset: UInt64
  let sectionHeaderSize: UInt16
  let sectionHeaderCount: UInt64
  /// Index of the section that holds the sections' names; 0 means that there is none.
  let sectionNameIndex: UInt32

  init(_ file: FileBytes) throws(ELFError) {
    guard ELFFile.isELF(file.bytes) else { throw .notELF(firstBytes: Array(file.bytes.prefix(4))) }
    // Identification and machine first, at offsets that all classes share, so that a file of another kind is told what
    // it is even where it is shorter than our header.
    guard file.count >= 20 else { throw .truncatedHeader(byteCount: file.bytes.count) }
    let isBigEndian = file.bytes[5] == 2
    let machineField = file.integer(UInt16.self, at: 18)!
    let machine = ELFMachine(rawValue: isBigEndian ? machineField.byteSwapped : machineField)
    switch file.bytes[4] {
    case 1: throw .not64Bit(machine)
    case 2: break
    case let other: throw .unknownClass(other)
    }
    switch file.bytes[5] {
    case 1: break
    case 2: throw .bigEndian(machine)
    case let other: throw .unknownByteOrder(other)
    }
    guard machine == .riscV else { throw .wrongMachine(machine) }
    guard file.count >= Self.size else { throw .truncatedHeader(byteCount: file.bytes.count) }

    let fields = file.table(offset: 0, count: 1, recordSize: Self.size)!
    func field<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type, _ offset: UInt64) -> Value {
      fields.integer(type, record: 0, field: offset)
    }
    let version = field(UInt32.self, 20)
    guard version == 1, file.bytes[6] == 1 else { throw .unknownVersion(file.bytes[6], version) }
    switch field(UInt16.self, 16) {
    case 2: type = .executable
    case 3: type = .positionIndependent
    case let other: throw .notLoadable(type: other)
    }
    entry = field(UInt64.self, 24)
    flags = ELFFile.Flags(rawValue: field(UInt32.self, 48))
    programHeaderOffset = field(UInt64.self, 32)
    programHeaderSize = field(UInt16.self, 54)
    sectionHeaderOffset = field(UInt64.self, 40)
    sectionHeaderSize = field(UInt16.self, 58)

    // Counts that do not fit 16 bits live in the null section header instead ("Extended Numbering").
    let programCount = field(UInt16.self, 56)
    let sectionCount = field(UInt16.self, 60)
    let nameIndex = field(UInt16.self, 62)
    let nullSection =
      sectionHeaderOffset == 0
      ? nil : file.table(offset: sectionHeaderOffset, count: 1, recordSize: ELFFile.Section.headerSize)
    if programCount == 0xffff {
      guard let nullSection else { throw .programHeaderCountMissing(sectionHeaderOffset: sectionHeaderOffset) }
      programHeaderCount = UInt64(nullSection.integer(UInt32.self, record: 0, field: 44))
    } else {
      programHeaderCount = UInt64(programCount)
    }
    if sectionCount == 0, sectionHeaderOffset != 0 {
      // One, where even the null header lies outside the file: enough for the reader of sections to say so.
      sectionHeaderCount = nullSection?.integer(UInt64.self, record: 0, field: 32) ?? 1
    } else {
      sectionHeaderCount = UInt64(sectionCount)
    }
    sectionNameIndex =
      nameIndex == 0xffff ? nullSection?.integer(UInt32.self, record: 0, field: 40) ?? 0 : UInt32(nameIndex)
  }
}
