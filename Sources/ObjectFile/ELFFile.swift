/// A 64-bit little-endian RISC-V ELF file, executable or position-independent, read from bytes that nobody vouches for.
///
/// What loading needs (header and program headers) is checked and refused with an error; what only helps a person
/// (section headers, names, symbols) never prevents loading: what is wrong there is left out and told in `warnings`.
/// Layout: "ELF-64 Object File Format" and the RISC-V psABI's "ELF Object Files".
package struct ELFFile: Sendable {
  /// What kind of file: the field `e_type`.
  package enum FileType: Hashable, Sendable {
    /// Linked to fixed addresses (`ET_EXEC`).
    case executable
    /// May be loaded anywhere (`ET_DYN`): a position-independent executable or a shared object.
    case positionIndependent
  }

  /// The RISC-V field `e_flags`: what the code expects of the hart and of other code.
  package struct Flags: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// In which registers floating-point arguments travel.
    package enum FloatABI: UInt32, Hashable, Sendable {
      case soft, single, double, quad
    }

    /// The code has compressed instructions.
    package var usesCompressed: Bool { rawValue & 1 != 0 }
    /// The floating-point calling convention.
    package var floatABI: FloatABI { FloatABI(rawValue: rawValue >> 1 & 3)! }
    /// The code uses only the 16 registers of RV64E.
    package var usesReducedRegisters: Bool { rawValue & 8 != 0 }
    /// The code relies on total store ordering.
    package var needsTotalStoreOrder: Bool { rawValue & 16 != 0 }
  }

  /// Virtual address of the first instruction.
  package let entry: UInt64
  package let type: FileType
  package let flags: Flags
  /// The segments to load (`PT_LOAD`), in the order of the file, empty ones included. Each lies in the file, does not
  /// wrap around the address space, and shares no physical address with another. `memorySize` is otherwise unlimited:
  /// compare it with the memory at hand before allocating.
  package let segments: [Segment]
  /// All sections, the null section at index 0 included, so that section indices in symbols are indices here.
  package let sections: [Section]
  /// The symbols of `.symtab`, or of `.dynsym` in a stripped file, in the order of the file, the null symbol left out.
  package let symbols: [Symbol]
  /// What was wrong with parts that loading does not need.
  package let warnings: [ELFError]

  let file: FileBytes

  /// Whether the bytes begin with ELF's magic number. Says nothing about the rest.
  package static func isELF(_ bytes: [UInt8]) -> Bool { bytes.starts(with: ELFHeader.magic) }

  /// Reads a whole file. Throws what would make loading it wrong; see `warnings` for the rest.
  package init(_ bytes: [UInt8]) throws(ELFError) {
    file = FileBytes(bytes: bytes)
    let header = try ELFHeader(file)
    entry = header.entry
    type = header.type
    flags = header.flags
    segments = try Self.readSegments(file, header)

    var warnings: [ELFError] = []
    if segments.isEmpty { warnings.append(.nothingToLoad) }
    sections = Self.readSections(file, header, &warnings)
    symbols = Self.readSymbols(file, sections, &warnings)
    self.warnings = warnings
  }

  /// The bytes of one of this file's segments, `fileSize` of them. The rest, up to `memorySize`, is zeros.
  package func bytes(of segment: Segment) -> ArraySlice<UInt8> {
    guard let range = file.range(offset: segment.fileOffset, size: segment.fileSize) else {
      preconditionFailure("the segment is not of this file")
    }
    return file.bytes[range]
  }

  /// The first section of that name.
  package func section(named name: String) -> Section? { sections.first { $0.name == name } }

  /// The bytes of one of this file's sections: none where it has none (`.bss`) or where they lie outside the file, as a
  /// warning then says.
  package func contents(of section: Section) -> ArraySlice<UInt8> {
    guard section.type.hasContents, let range = file.range(offset: section.offset, size: section.size) else {
      return []
    }
    return file.bytes[range]
  }
}
