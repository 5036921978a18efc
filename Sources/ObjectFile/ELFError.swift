/// Why an ELF file was refused or, in `ELFFile.warnings`, which part of it was left out. The doc comment is the
/// message.
package enum ELFError: Error, Hashable, Sendable {
  // What prevents loading.

  /// Not an ELF file: it begins with `firstBytes` instead of 7f 45 4c 46. Unpack it if it is compressed; load it at an
  /// address of your choice if it is a plain memory image.
  case notELF(firstBytes: [UInt8])
  /// The file ends inside the ELF header, which takes 64 bytes: it has `byteCount`. Copy or build it again.
  case truncatedHeader(byteCount: Int)
  /// A 32-bit ELF file, for this machine. Build it for RISC-V with 64 bits: `--target=riscv64`.
  case not64Bit(ELFMachine)
  /// Neither a 32-bit (1) nor a 64-bit (2) ELF file: the class at offset 0x4 is this. The header is damaged; copy or
  /// build the file again.
  case unknownClass(UInt8)
  /// A big-endian ELF file, for this machine. Build it for little-endian RISC-V: `--target=riscv64`.
  case bigEndian(ELFMachine)
  /// Neither little-endian (1) nor big-endian (2): the byte order at offset 0x5 is this. The header is damaged; copy or
  /// build the file again.
  case unknownByteOrder(UInt8)
  /// An ELF file for another machine. Build it for RISC-V: `--target=riscv64`.
  case wrongMachine(ELFMachine)
  /// The ELF versions at offsets 0x6 and 0x14 are these; both must be 1. The header is damaged; copy or build the file
  /// again.
  case unknownVersion(UInt8, UInt32)
  /// Neither an executable nor a position-independent file: the type at offset 0x10 is this. Link an object file (type
  /// 1) first; a core dump (type 4) cannot be started.
  case notLoadable(type: UInt16)
  /// Program headers of this size, at offset 0x36, where 56 bytes are right. The header is damaged; copy or build the
  /// file again.
  case wrongProgramHeaderSize(UInt16)
  /// The header refers to the section headers for the number of program headers, and there is none at that offset. The
  /// file is cut short or damaged; copy or build it again.
  case programHeaderCountMissing(sectionHeaderOffset: UInt64)
  /// `count` program headers of 56 bytes at `offset` do not fit the file, which has `fileSize` bytes. It is cut short
  /// or damaged; copy or build it again.
  case programHeadersOutsideFile(offset: UInt64, count: UInt64, fileSize: UInt64)
  /// The bytes of program header `index`, `size` of them at `offset`, do not fit the file, which has `fileSize` bytes.
  /// It is cut short or damaged; copy or build it again.
  case segmentOutsideFile(index: Int, offset: UInt64, size: UInt64, fileSize: UInt64)
  /// Program header `index` has more bytes in the file (`fileSize`) than in memory (`memorySize`). The file is damaged,
  /// or its linker script is wrong; build it again.
  case segmentLargerInFile(index: Int, fileSize: UInt64, memorySize: UInt64)
  /// Program header `index` has `memorySize` bytes at `address`, beyond the end of the address space. The file is
  /// damaged, or its linker script is wrong; build it again.
  case segmentWrapsAround(index: Int, address: UInt64, memorySize: UInt64)
  /// Two program headers, numbered so, both fill the memory at physical `address`. Mend the addresses in the linker
  /// script.
  case segmentsOverlap(Int, Int, address: UInt64)

  // What only costs names.

  /// The file has no segment to load; it can only serve for its symbols. Pass the linked executable to run it.
  case nothingToLoad
  /// Section headers of this size, at offset 0x3a, where 64 bytes are right. Sections and symbols are left out; build
  /// the file again to have them.
  case wrongSectionHeaderSize(UInt16)
  /// `count` section headers of 64 bytes at `offset` do not fit the file, which has `fileSize` bytes. Sections and
  /// symbols are left out; copy or build the file again to have them.
  case sectionHeadersOutsideFile(offset: UInt64, count: UInt64, fileSize: UInt64)
  /// The names of the sections should be in section `index`, which is not there or lies outside the file. Sections have
  /// no names; build the file again to have them.
  case sectionNamesMissing(index: UInt32)
  /// The names of `count` sections, `first` the first of them, do not lie in the table of names. They have none; build
  /// the file again to have them.
  case badSectionNames(first: Int, count: Int)
  /// Section `index`, `size` bytes at `offset`, does not fit the file, which has `fileSize` bytes. It counts as empty;
  /// copy or build the file again to have it.
  case sectionOutsideFile(index: Int, offset: UInt64, size: UInt64, fileSize: UInt64)
  /// The symbol table, section `section`, has `size` bytes in records of `entrySize`, where whole records of 24 are
  /// right. Symbols are left out; build the file again to have them.
  case wrongSymbolSize(section: Int, entrySize: UInt64, size: UInt64)
  /// The names of the symbol table, section `section`, should be in section `link`, which is no table of names in the
  /// file. Symbols are left out; build the file again to have them.
  case symbolNamesMissing(section: Int, link: UInt32)
  /// The names of `count` symbols of section `section`, `first` the first of them, do not lie in the table of names, or
  /// take more than 16 times its size. They have none; build the file again to have them.
  case badSymbolNames(section: Int, first: Int, count: Int)
}

extension ELFError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notELF(let firstBytes):
      "not an ELF file: it begins with \(bytes(firstBytes)) instead of 7f 45 4c 46. "
        + "Unpack it if it is compressed; load it at an address of your choice if it is a plain memory image."
    case .truncatedHeader(let byteCount):
      "the file ends inside the ELF header, which takes 64 bytes: it has \(byteCount). \(Advice.again)"
    case .not64Bit(let machine):
      "a 32-bit ELF file, for \(machine). Build it for RISC-V with 64 bits: --target=riscv64."
    case .unknownClass(let value):
      "neither a 32-bit (1) nor a 64-bit (2) ELF file: the class at offset 0x4 is \(value). \(Advice.damagedHeader)"
    case .bigEndian(let machine):
      "a big-endian ELF file, for \(machine). Build it for little-endian RISC-V: --target=riscv64."
    case .unknownByteOrder(let value):
      "neither little-endian (1) nor big-endian (2): the byte order at offset 0x5 is \(value). \(Advice.damagedHeader)"
    case .wrongMachine(let machine):
      "an ELF file for \(machine). Build it for RISC-V: --target=riscv64."
    case .unknownVersion(let identification, let version):
      "the ELF versions at offsets 0x6 and 0x14 are \(identification) and \(version); both must be 1. "
        + Advice.damagedHeader
    case .notLoadable(1):
      "an object file (type 1 at offset 0x10), not yet linked. Link it first: ld.lld -o program.elf file.o."
    case .notLoadable(4):
      "a core dump (type 4 at offset 0x10), which cannot be started. Pass the program that dumped it."
    case .notLoadable(let type):
      "neither an executable (2) nor a position-independent file (3): the type at offset 0x10 is \(type). "
        + Advice.damagedHeader
    case .wrongProgramHeaderSize(let size):
      "program headers of \(size) bytes, at offset 0x36, where 56 are right. \(Advice.damagedHeader)"
    case .programHeaderCountMissing(let offset):
      "the header refers to the section headers for the number of program headers, and there is none at offset "
        + "\(hex(offset)). \(Advice.cutShort)"
    case .programHeadersOutsideFile(let offset, let count, let fileSize):
      "\(count) program headers of 56 bytes at offset \(hex(offset)) do not fit the file, which has \(fileSize) bytes. "
        + Advice.cutShort
    case .segmentOutsideFile(let index, let offset, let size, let fileSize):
      "the bytes of program header \(index), \(size) of them at offset \(hex(offset)), do not fit the file, "
        + "which has \(fileSize) bytes. \(Advice.cutShort)"
    case .segmentLargerInFile(let index, let fileSize, let memorySize):
      "program header \(index) has more bytes in the file (\(fileSize)) than in memory (\(memorySize)). "
        + Advice.linkerScript
    case .segmentWrapsAround(let index, let address, let memorySize):
      "program header \(index) has \(memorySize) bytes at address \(hex(address)), beyond the end of the address space. "
        + Advice.linkerScript
    case .segmentsOverlap(let first, let second, let address):
      "program headers \(first) and \(second) both fill the memory at physical address \(hex(address)). "
        + "Mend the addresses in the linker script."
    default: warning
    }
  }

  private var warning: String {
    switch self {
    case .nothingToLoad:
      "the file has no segment to load; it can only serve for its symbols. Pass the linked executable to run it."
    case .wrongSectionHeaderSize(let size):
      "section headers of \(size) bytes, at offset 0x3a, where 64 are right. Sections and symbols are left out; "
        + Advice.buildToHave("them")
    case .sectionHeadersOutsideFile(let offset, let count, let fileSize):
      "\(count) section headers of 64 bytes at offset \(hex(offset)) do not fit the file, which has \(fileSize) bytes. "
        + "Sections and symbols are left out; copy or \(Advice.buildToHave("them"))"
    case .sectionNamesMissing(let index):
      "the names of the sections should be in section \(index), which is not there or lies outside the file. "
        + "Sections have no names; \(Advice.buildToHave("them"))"
    case .badSectionNames(let first, let count):
      "the names of \(count) sections, \(first) the first of them, do not lie in the table of names. "
        + "They have none; \(Advice.buildToHave("them"))"
    case .sectionOutsideFile(let index, let offset, let size, let fileSize):
      "section \(index), \(size) bytes at offset \(hex(offset)), does not fit the file, which has \(fileSize) bytes. "
        + "It counts as empty; copy or \(Advice.buildToHave("it"))"
    case .wrongSymbolSize(let section, let entrySize, let size):
      "the symbol table, section \(section), has \(size) bytes in records of \(entrySize), "
        + "where whole records of 24 are right. Symbols are left out; \(Advice.buildToHave("them"))"
    case .symbolNamesMissing(let section, let link):
      "the names of the symbol table, section \(section), should be in section \(link), "
        + "which is no table of names in the file. Symbols are left out; \(Advice.buildToHave("them"))"
    case .badSymbolNames(let section, let first, let count):
      "the names of \(count) symbols of section \(section), \(first) the first of them, do not lie in the table of names, "
        + "or take more than 16 times its size. They have none; \(Advice.buildToHave("them"))"
    default: preconditionFailure("described above")
    }
  }
}

private enum Advice {
  static let again = "Copy or build it again."
  static let cutShort = "It is cut short or damaged; copy or build it again."
  static let damagedHeader = "The header is damaged; copy or build the file again."
  static let linkerScript = "The file is damaged, or its linker script is wrong; build it again."

  static func buildToHave(_ what: String) -> String { "build the file again to have \(what)." }
}

private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

private func bytes(_ bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "nothing (it is empty)" }
  return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
