extension DebugInformation {
  /// Reads a type.
  package func type(_ reference: TypeReference) -> DebugType {
    do throws(DWARFError) {
      let entry = try entry(at: reference.offset)
      return read(entry)
    } catch {
      warn(error)
      return DebugType(name: nil, byteSize: nil, kind: .opaque(.damaged(error)), isSwift: false)
    }
  }

  /// What is behind the names and qualifiers of a type, and how many steps away at most; nil stands for `void`.
  package func stripped(_ reference: TypeReference) -> TypeReference? {
    var reference = reference
    for _ in 0..<64 {
      switch type(reference).kind {
      case .typedef(let next), .qualified(_, let next):
        guard let next else { return nil }
        reference = next
      default: return reference
      }
    }
    return reference
  }

  /// The size of a value of a type, in bytes; nil where not known.
  package func byteSize(of reference: TypeReference) -> UInt64? {
    guard let reference = stripped(reference) else { return nil }
    let type = type(reference)
    if let size = type.byteSize { return size }
    switch type.kind {
    case .pointer, .reference: return 8
    case .array(let element, let counts):
      guard let element, element != reference, var size = elementSize(element) else { return nil }
      for count in counts {
        guard let count, case (let product, false) = size.multipliedReportingOverflow(by: count) else { return nil }
        size = product
      }
      return size
    default: return nil
    }
  }

  /// Arrays have all dimensions in one entry, so that an element which is an array again is a named one; a few deep.
  private func elementSize(_ reference: TypeReference) -> UInt64? {
    guard let reference = stripped(reference) else { return nil }
    if case .array = type(reference).kind { return type(reference).byteSize }
    return byteSize(of: reference)
  }

  /// The type that an entry's attribute names; nil for none, which is `void`.
  func type(of entry: DebugEntry) -> TypeReference? {
    guard let value = entry.attributes[DWARFAttribute.type] else { return nil }
    do throws(DWARFError) { return TypeReference(offset: try referent(of: value, from: entry).offset) } catch {
      warn(error)
      return nil
    }
  }

  private func read(_ entry: DebugEntry) -> DebugType {
    let isSwift = entry.unit.language == 0x1e
    var name = isSwift ? swiftName(entry) : entry.string(DWARFAttribute.name)
    if !isSwift, entry.tag == DWARFTag.baseType { name = name.map { Self.shortNames[$0] ?? $0 } }
    let kind = isSwift ? swiftKind(entry) ?? kind(entry) : kind(entry)
    return DebugType(
      name: name, byteSize: entry.attributes.unsigned(DWARFAttribute.byteSize), kind: kind, isSwift: isSwift)
  }

  /// GNU's compiler spells the numbers of C in full.
  private static let shortNames = [
    "short int": "short", "long int": "long", "long long int": "long long", "short unsigned int": "unsigned short",
    "long unsigned int": "unsigned long", "long long unsigned int": "unsigned long long",
  ]

  private func kind(_ entry: DebugEntry) -> DebugType.Kind {
    switch entry.tag {
    case DWARFTag.baseType: .base(DebugType.Encoding(entry.attributes.unsigned(DWARFAttribute.encoding) ?? 0))
    case DWARFTag.pointerType: .pointer(type(of: entry))
    case DWARFTag.referenceType, DWARFTag.rvalueReferenceType: .reference(type(of: entry))
    case DWARFTag.structureType: .aggregate(aggregate(entry, .structure))
    case DWARFTag.unionType: .aggregate(aggregate(entry, .union))
    case DWARFTag.classType: .aggregate(aggregate(entry, .class))
    case DWARFTag.arrayType: .array(type(of: entry), counts: counts(entry))
    case DWARFTag.typedef: .typedef(type(of: entry))
    case DWARFTag.constType: .qualified(.const, type(of: entry))
    case DWARFTag.volatileType: .qualified(.volatile, type(of: entry))
    case DWARFTag.restrictType: .qualified(.restrict, type(of: entry))
    case DWARFTag.atomicType: .qualified(.atomic, type(of: entry))
    case DWARFTag.enumerationType: .enumeration(enumerators(entry))
    case DWARFTag.subroutineType, DWARFTag.subprogram: function(entry)
    case DWARFTag.unspecifiedType: .opaque(.nameOnly)
    default: .opaque(.kind(entry.tag))
    }
  }

  private func aggregate(_ entry: DebugEntry, _ keyword: DebugType.Aggregate.Keyword) -> DebugType.Aggregate {
    DebugType.Aggregate(
      keyword: keyword,
      members: entry.children.compactMap { child in
        // A static member of C++ has no place in the structure.
        guard child.tag == DWARFTag.member || child.tag == DWARFTag.inheritance,
          !child.attributes.flag(DWARFAttribute.external)
        else { return nil }
        return member(child)
      }, isComplete: !entry.attributes.flag(DWARFAttribute.declaration))
  }

  func member(_ entry: DebugEntry) -> DebugType.Member {
    let attributes = entry.attributes
    var byteOffset: UInt64?
    switch attributes[DWARFAttribute.memberLocation] {
    case nil: byteOffset = 0  // As in a union.
    case .block(let block):
      // Before version 3 an expression that adds to the structure's address.
      let context = FrameContext(register: { _ in nil }, memory: { _, _ in nil })
      byteOffset = (try? entry.unit.expression(block)).flatMap { try? $0.value(context, initial: [0]) }
    default: byteOffset = attributes.unsigned(DWARFAttribute.memberLocation)
    }
    let reference = type(of: entry)
    var bitField: DebugType.BitField?
    if let bitSize = attributes.unsigned(DWARFAttribute.bitSize) {
      var bitOffset = attributes.unsigned(DWARFAttribute.dataBitOffset)
      if bitOffset == nil, let fromTop = attributes.unsigned(DWARFAttribute.bitOffset), let start = byteOffset,
        let unit = attributes.unsigned(DWARFAttribute.byteSize) ?? reference.flatMap(byteSize)
      {
        // Before version 4 counted from the most significant bit of a unit of storage.
        bitOffset = (start &+ unit) &* 8 &- fromTop &- bitSize
      }
      bitField = DebugType.BitField(bitOffset: bitOffset ?? (byteOffset ?? 0) &* 8, bitSize: bitSize)
      byteOffset = (bitOffset ?? (byteOffset ?? 0) &* 8) / 8
    }
    return DebugType.Member(
      name: entry.string(DWARFAttribute.name) ?? "", type: reference, byteOffset: byteOffset, bitField: bitField,
      isBase: entry.tag == DWARFTag.inheritance)
  }

  private func counts(_ entry: DebugEntry) -> [UInt64?] {
    entry.children.compactMap { child -> UInt64?? in
      guard child.tag == DWARFTag.subrangeType else { return nil }
      let attributes = child.attributes
      if let count = attributes.unsigned(DWARFAttribute.count) { return .some(count) }
      guard let last = attributes.signed(DWARFAttribute.upperBound) else { return .some(nil) }
      let first = attributes.signed(DWARFAttribute.lowerBound) ?? 0
      // An array of no elements ends at -1.
      return .some(UInt64(bitPattern: last &- first &+ 1))
    }
  }

  private func enumerators(_ entry: DebugEntry) -> [DebugType.Enumerator] {
    entry.children.filter { $0.tag == DWARFTag.enumerator }.enumerated().compactMap { index, child in
      // Swift's compiler writes 0 for each; the value is the case's place.
      let isSwift = entry.unit.language == 0x1e
      guard let value = isSwift ? Int64(index) : child.attributes.signed(DWARFAttribute.constantValue) else {
        return nil
      }
      return DebugType.Enumerator(name: child.string(DWARFAttribute.name) ?? "", value: value)
    }
  }

  private func function(_ entry: DebugEntry) -> DebugType.Kind {
    var parameters: [TypeReference?] = []
    var isVariadic = false
    for child in entry.children {
      if child.tag == DWARFTag.formalParameter { parameters.append(type(of: child)) }
      if child.tag == DWARFTag.unspecifiedParameters { isVariadic = true }
    }
    return .function(
      result: type(of: entry), parameters: parameters, isVariadic: isVariadic,
      isPrototyped: entry.attributes.flag(DWARFAttribute.prototyped) || entry.unit.language == 0x1e)
  }
}

extension DebugType.Encoding {
  /// From `DW_ATE_…`.
  init(_ value: UInt64) {
    self =
      switch value {
      case 0x02: .boolean
      case 0x04: .floatingPoint
      case 0x05: .signed
      case 0x06: .signedCharacter
      case 0x07: .unsigned
      case 0x08, 0x10: .unsignedCharacter
      default: .other(value)
      }
  }
}
