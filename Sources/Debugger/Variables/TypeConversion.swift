import ObjectFile

/// Makes the prompt's types from an image's debug information.
struct TypeConversion {
  let information: DebugInformation
  /// Tells types of different images apart.
  let image: String
  private static let deepest = 64

  func type(_ reference: TypeReference?, depth: Int = 0) -> ValueType {
    guard let reference else { return .void }
    // A chain of types that never ends is refused; one through a structure is no chain.
    guard depth < Self.deepest else { return .opaque("a type without end", size: 0) }
    let found = information.type(reference)
    let name = found.name ?? ""
    let size = Int(clamping: found.byteSize ?? 0)
    func inner(_ reference: TypeReference?) -> ValueType { type(reference, depth: depth + 1) }
    switch found.kind {
    case .base(let encoding): return base(encoding, found.isSwift ? shortSwiftName(name) : Self.canonical(name), size)
    case .pointer(let target), .reference(let target): return .pointer(to: inner(target))
    case .typedef(let target): return .alias(name, of: inner(target))
    case .qualified(let qualifier, let target):
      return qualifier == .restrict ? inner(target) : .qualified(qualifier.rawValue, inner(target))
    case .array(let element, let counts):
      return counts.reversed().reduce(inner(element)) { .array(of: $0, count: $1.map { Int(clamping: $0) }) }
    case .enumeration(let cases) where found.isSwift:
      // Swift records no values. A case is stored as its place among the cases.
      return .enumeration(
        EnumerationType(
          name: shortSwiftName(name), size: max(size, 1), isSigned: false, isSwift: true,
          cases: cases.enumerated().map { .init(name: ".\($1.name)", value: Int64($0)) }))
    case .enumeration(let cases):
      return .enumeration(
        EnumerationType(
          name: found.name, size: max(size, 1), isSigned: cases.contains { $0.value < 0 },
          cases: cases.map { .init(name: $0.name, value: $0.value) }))
    case .function(let result, let parameters, let isVariadic, let isPrototyped):
      return .function(
        FunctionType(
          result: inner(result), parameters: parameters.map(inner), isPrototyped: isPrototyped, isVariadic: isVariadic))
    case .aggregate(let aggregate):
      let kind: StructureType.Kind = found.isSwift ? .swift : aggregate.keyword == .union ? .union : .structure
      return .structure(
        StructureType(
          kind: kind, name: found.name.map(shortSwiftName), size: size, isIncomplete: !aggregate.isComplete,
          identity: "\(image) \(reference.hashValue)", members: { self.members(aggregate.members) }))
    case .swiftEnumeration(let enumeration):
      let tag: VariantType.Tag =
        switch enumeration.tag {
        case .number: .number
        case .byteBehindValue: .byteBehindValue
        case .zero: .zero
        case .unknown: .unknown
        }
      return .variant(
        VariantType(
          name: shortSwiftName(name), size: size,
          cases: enumeration.cases.map { .init(name: $0.name, type: $0.type.map { inner($0) }) }, tag: tag))
    case .swiftClass(let members):
      return .structure(
        StructureType(
          kind: .swift, name: found.name.map(shortSwiftName), size: 8, isReference: true,
          identity: "\(image) \(reference.hashValue)", members: { self.members(members) }))
    case .opaque:
      return .opaque(found.name.map(shortSwiftName) ?? "unnamed type", size: size)
    }
  }

  private func members(_ all: [DebugType.Member]) -> [StructureType.Member] {
    all.map { member in
      let type = type(member.type)
      guard let field = member.bitField else {
        guard let offset = member.byteOffset else {
          return .init(name: member.name, type: .opaque(type.name, size: 0), offset: 0)
        }
        return .init(name: member.name, type: type, offset: Int(clamping: offset))
      }
      let (first, count) = (Int(clamping: field.bitOffset), Int(clamping: field.bitSize))
      return .init(name: member.name, type: type, offset: first / 8, bits: (first % 8, min(count, 64)))
    }
  }

  private func base(_ encoding: DebugType.Encoding, _ name: String, _ size: Int) -> ValueType {
    switch encoding {
    case .boolean: return .boolean(size: size, name: name)
    case .floatingPoint: return size == 4 || size == 8 ? .float(size: size) : .opaque(name, size: size)
    case .signed, .signedCharacter:
      return size <= 8 ? .integer(size: size, signed: true, name: name) : .opaque(name, size: size)
    case .unsigned, .unsignedCharacter:
      return size <= 8 ? .integer(size: size, signed: false, name: name) : .opaque(name, size: size)
    case .other: return .opaque(name, size: size)
    }
  }

  /// A C integer type as gdb spells it: `long unsigned int` is `unsigned long`.
  private static func canonical(_ name: String) -> String {
    let words = name.split(separator: " ")
    guard words.count > 1, words.allSatisfy({ ["long", "short", "unsigned", "signed", "int", "char"].contains($0) })
    else { return name }
    var result: [Substring] = []
    if words.contains("unsigned") { result.append("unsigned") }
    if words.contains("signed"), words.contains("char") { result.append("signed") }
    result += words.filter { $0 == "long" || $0 == "short" || $0 == "char" }
    if !words.contains("long"), !words.contains("short"), !words.contains("char") { result.append("int") }
    return result.joined(separator: " ")
  }
}
