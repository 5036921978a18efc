/// A name for an address, from an ELF file's symbol table or a map.
package struct Symbol: Hashable, Sendable {
  /// What the name stands for.
  package enum Kind: Hashable, Sendable {
    case function
    case object
    /// Not said: mostly labels of assembly code and names from linker scripts.
    case none
    case section
    /// The name of a source file; the address means nothing.
    case file
    /// The address is an offset into thread-local storage.
    case threadLocal
  }

  /// Who may refer to the name when linking.
  package enum Binding: Hashable, Sendable {
    case local, global, weak
  }

  /// In which section the symbol lies.
  package enum SectionIndex: Hashable, Sendable {
    /// Nowhere: the name is only referred to.
    case undefined
    /// A plain number, which moves with no section.
    case absolute
    /// Not yet allocated.
    case common
    /// An index into `ELFFile.sections`, not checked to be in range.
    case section(Int)
    /// Not known: a map does not say.
    case unknown
  }

  /// As the file spells it, mangled names included. Section symbols bear the name of their section.
  package var name: String
  package var address: UInt64
  /// In bytes; 0 where not known.
  package var size: UInt64
  package var kind: Kind
  package var binding: Binding
  package var sectionIndex: SectionIndex

  package init(
    name: String, address: UInt64, size: UInt64 = 0, kind: Kind = .none, binding: Binding = .global,
    sectionIndex: SectionIndex = .unknown
  ) {
    self.name = name
    self.address = address
    self.size = size
    self.kind = kind
    self.binding = binding
    self.sectionIndex = sectionIndex
  }

  /// The name as its author wrote it: Swift names demangled, others as they are. Computed at each call, some
  /// microseconds for a Swift name.
  package var displayName: String { demangledSwiftName(name) ?? name }

  /// Whether it only marks where code or data begins inside a section: `$x`, `$d`, with an instruction set (`$xrv64gc`)
  /// or a suffix (`$d.12`). RISC-V psABI, "Mapping Symbol". Mangled Swift names (`$s…`, `$e…`) are none.
  package var isMappingSymbol: Bool {
    let name = name.utf8
    guard name.starts(with: "$x".utf8) || name.starts(with: "$d".utf8) else { return false }
    let rest = name.dropFirst(2)
    return rest.isEmpty || rest.starts(with: ".".utf8) || name.starts(with: "$xrv".utf8)
  }

  /// Whether it is a label that assemblers and compilers make for themselves (`.L…`).
  package var isLocalLabel: Bool { name.utf8.starts(with: ".L".utf8) }
}
