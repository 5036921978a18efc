/// Where Swift puts the stored properties of a structure: each behind the one before, at the next multiple of its
/// alignment, padding at the end of a property not counted.
extension DebugInformation {
  struct SwiftLayout {
    var size: UInt64
    var alignment: UInt64

    /// Where something goes that is put behind this.
    func end(for alignment: UInt64) -> UInt64 { (size + alignment - 1) / alignment * alignment }
  }

  /// The members with their offsets, as far as those are certain: all types before must be known, and if all are they
  /// must together have the size that the compiler says.
  func layout(_ members: [DebugType.Member], size: UInt64?) -> [DebugType.Member] {
    let (placed, end) = place(members, from: 0)
    return end == nil || end == size || members.count == 1 ? placed : members
  }

  /// The properties of an object, which has two words before them.
  func objectLayout(_ members: [DebugType.Member]) -> [DebugType.Member] {
    return place(members, from: 16).members
  }

  /// Gives each member its offset up to the first one of unknown size; the end is nil then.
  private func place(
    _ members: [DebugType.Member], from start: UInt64
  ) -> (members: [DebugType.Member], end: UInt64?) {
    var end: UInt64? = start
    let placed = members.map { member in
      let layout = member.type.flatMap { swiftLayout($0) }
      var offset = end
      if let layout, let start = end {
        offset = SwiftLayout(size: start, alignment: 1).end(for: layout.alignment)
        end = offset! + layout.size
      } else {
        if end != 0 { offset = nil }
        end = nil
      }
      return DebugType.Member(name: member.name, type: member.type, byteOffset: offset, bitField: nil, isBase: false)
    }
    return (placed, end)
  }

  /// The size and alignment of a type; nil where they cannot be known.
  func swiftLayout(_ reference: TypeReference) -> SwiftLayout? {
    guard let reference = named(reference) else { return nil }
    if let known = swiftLayouts[reference.offset] { return known }
    // A type that is made of itself finds this; and nobody nests types deeper.
    guard swiftLayoutDepth < 24 else { return nil }
    swiftLayouts[reference.offset] = .some(nil)
    swiftLayoutDepth += 1
    defer { swiftLayoutDepth -= 1 }
    let layout = computeSwiftLayout(reference)
    swiftLayouts[reference.offset] = .some(layout)
    return layout
  }

  /// What is behind `typedef`s and qualifiers, without a look at what it is made of, which would need its layout.
  private func named(_ reference: TypeReference) -> TypeReference? {
    guard var entry = try? entry(at: reference.offset) else { return nil }
    for _ in 0..<64 {
      guard entry.tag == DWARFTag.typedef || entry.tag == DWARFTag.constType,
        let value = entry.attributes[DWARFAttribute.type]
      else { return TypeReference(offset: entry.offset) }
      guard let next = try? referent(of: value, from: entry) else { return nil }
      entry = next
    }
    return nil
  }

  /// Whether a value of the type is an address that is never 0.
  func isAddress(_ reference: TypeReference) -> Bool {
    guard let reference = named(reference), let entry = try? entry(at: reference.offset) else { return false }
    if entry.tag == DWARFTag.pointerType { return true }
    return entry.tag == DWARFTag.structureType
      && (SwiftNominal(mangledName(entry) ?? "") == .class || Self.isPointer(swiftName(entry) ?? ""))
  }

  private func computeSwiftLayout(_ reference: TypeReference) -> SwiftLayout? {
    guard let entry = try? entry(at: reference.offset),
      case let size = entry.attributes.unsigned(DWARFAttribute.byteSize), size ?? 0 <= 1 << 32
    else { return nil }
    switch entry.tag {
    case DWARFTag.pointerType: return SwiftLayout(size: 8, alignment: 8)
    case DWARFTag.baseType:
      guard let size, size > 0 else { return nil }
      var alignment: UInt64 = 1
      while alignment < size, alignment < 16 { alignment *= 2 }
      return SwiftLayout(size: size, alignment: alignment)
    case DWARFTag.enumerationType: return SwiftLayout(size: size ?? 0, alignment: min(8, max(1, size ?? 1)))
    case DWARFTag.structureType: break
    default: return nil
    }
    guard let size else { return nil }
    let name = mangledName(entry) ?? entry.string(DWARFAttribute.name) ?? ""
    if SwiftNominal(name) == .class { return SwiftLayout(size: 8, alignment: 8) }
    // Functions with their contexts, and what the compiler has built in.
    if name.utf8.elementsEqual("$eBpD".utf8) || name.utf8.elementsEqual("$eBbD".utf8)
      || name.utf8.suffix(2).elementsEqual("cD".utf8)
    {
      return SwiftLayout(size: size, alignment: 8)
    }
    let parts: [TypeReference?]
    switch type(reference).kind {
    case .pointer: return SwiftLayout(size: size, alignment: 8)
    case .base: return SwiftLayout(size: size, alignment: min(16, max(1, size)))
    case .swiftEnumeration(let enumeration):
      parts = enumeration.cases.compactMap(\.type)
      if parts.isEmpty { return SwiftLayout(size: size, alignment: min(8, max(1, size))) }
    case .array(let element, _): parts = [element]
    case .aggregate(let aggregate): parts = aggregate.members.map(\.type)
    default: return nil
    }
    var alignment: UInt64 = 1
    for part in parts {
      guard let part, part != reference, let layout = swiftLayout(part) else { return nil }
      alignment = max(alignment, layout.alignment)
    }
    return SwiftLayout(size: size, alignment: alignment)
  }
}

/// What kind of declaration a mangled type names.
enum SwiftNominal {
  case structure, `class`, enumeration

  /// Nil for types that are no declarations, and for names that are not understood.
  init?(_ mangled: String) {
    var bytes = Array(mangled.utf8)[...]
    guard bytes.starts(with: "$e".utf8) || bytes.starts(with: "$s".utf8), bytes.last == UInt8(ascii: "D") else {
      return nil
    }
    bytes = bytes.dropFirst(2).dropLast()
    // The first `y` outside of identifiers begins the arguments of a generic type; before it is the kind.
    var kind: UInt8 = 0
    while let byte = bytes.first {
      switch byte {
      case UInt8(ascii: "0"): return nil  // Words of earlier identifiers.
      case UInt8(ascii: "1")...UInt8(ascii: "9"):
        let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let count = digits.prefix(4).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        bytes = bytes.dropFirst(digits.count + count)
        kind = 0
        continue
      case UInt8(ascii: "y") where bytes.last == UInt8(ascii: "G"): bytes = []
      default: kind = byte
      }
      bytes = bytes.dropFirst()
    }
    switch kind {
    case UInt8(ascii: "C"): self = .class
    case UInt8(ascii: "V"): self = .structure
    case UInt8(ascii: "O"): self = .enumeration
    default: return nil
    }
  }
}
