/// What Swift's debugging information says about types is written for a debugger that has the compiler in it. This makes
/// of it what can be known without: numbers, pointers, structures, and enums as far as their layout tells.
extension DebugInformation {
  /// A Swift type's name in full: what its mangled name stands for, or the name as it is.
  func swiftName(_ entry: DebugEntry) -> String? {
    guard let name = mangledName(entry) ?? entry.string(DWARFAttribute.name) else { return nil }
    return demangledSwiftName(name) ?? name
  }

  /// What is special to Swift's types; nil for those that are like C's.
  func swiftKind(_ entry: DebugEntry) -> DebugType.Kind? {
    guard entry.tag == DWARFTag.structureType else { return nil }
    let name = swiftName(entry) ?? ""
    if let encoding = Self.encodings[name] { return .base(encoding) }
    let parameters = genericArguments(entry)
    if name == "Builtin.RawPointer" || Self.isPointer(name) { return .pointer(parameters.first) }
    if let array = inlineArray(name, parameters, entry) { return array }
    if let cases = cases(entry, parameters) {
      return .swiftEnumeration(DebugType.SwiftEnumeration(cases: cases, tag: tag(entry, cases)))
    }
    let members = members(entry, parameters)
    if SwiftNominal(mangledName(entry) ?? "") == .class { return .swiftClass(objectLayout(members)) }
    // A structure of no bytes, and one of whose parts nothing is said, look the same but for the size.
    let size = entry.attributes.unsigned(DWARFAttribute.byteSize)
    guard !members.isEmpty || size == 0 else { return .opaque(.nameOnly) }
    return .aggregate(
      DebugType.Aggregate(
        keyword: .structure, members: layout(members, size: size),
        isComplete: !entry.attributes.flag(DWARFAttribute.declaration)))
  }

  /// `InlineArray<32, UInt64>`: the number of elements is in the name only.
  private func inlineArray(_ name: String, _ parameters: [TypeReference], _ entry: DebugEntry) -> DebugType.Kind? {
    let prefix = "Swift.InlineArray<"
    guard name.utf8.starts(with: prefix.utf8), let element = parameters.last,
      let count = UInt64(name.dropFirst(prefix.count).prefix { $0 != "," }),
      let size = entry.attributes.unsigned(DWARFAttribute.byteSize)
    else { return nil }
    // Elements that need padding behind them are not where those of an array in C would be.
    guard let layout = swiftLayout(element), layout.end(for: layout.alignment) == layout.size,
      case (let product, false) = layout.size.multipliedReportingOverflow(by: count), product == size
    else { return .opaque(.nameOnly) }
    return .array(element, counts: [count])
  }

  func mangledName(_ entry: DebugEntry) -> String? {
    let origins = origins(of: entry)
    for origin in origins {
      if let name = origin.string(DWARFAttribute.linkageName) { return boundName(entry) ?? name }
    }
    return nil
  }

  /// The generic type that an entry without a name of its own binds has a nameless member whose type has the name.
  private func boundName(_ entry: DebugEntry) -> String? {
    if let name = entry.string(DWARFAttribute.linkageName) { return name }
    return binding(entry)?.string(DWARFAttribute.name)
  }

  private func binding(_ entry: DebugEntry) -> DebugEntry? {
    guard entry.attributes[DWARFAttribute.specification] != nil,
      let member = entry.children.first(where: { $0.tag == DWARFTag.member }),
      member.attributes[DWARFAttribute.name] == nil, let value = member.attributes[DWARFAttribute.type]
    else { return nil }
    return try? referent(of: value, from: member)
  }

  /// What a generic type is bound to.
  private func genericArguments(_ entry: DebugEntry) -> [TypeReference] {
    (binding(entry) ?? entry).children.filter { $0.tag == DWARFTag.templateTypeParameter }.compactMap { type(of: $0) }
  }

  /// A type of a generic declaration with the argument in place of the parameter.
  private func bound(_ reference: TypeReference?, _ arguments: [TypeReference]) -> TypeReference? {
    guard let reference, let entry = try? entry(at: reference.offset),
      let index = ["$exD": 0, "$eq_D": 1][entry.string(DWARFAttribute.name) ?? ""]
    else { return reference }
    return index < arguments.count ? arguments[index] : reference
  }

  /// The cases of an enum; nil for other types.
  private func cases(_ entry: DebugEntry, _ arguments: [TypeReference]) -> [DebugType.SwiftEnumeration.Case]? {
    for origin in origins(of: entry) {
      guard let part = origin.children.first(where: { $0.tag == DWARFTag.variantPart }) else { continue }
      return part.children.compactMap { variant in
        guard variant.tag == DWARFTag.variant, let member = variant.children.first(where: { $0.tag == DWARFTag.member })
        else { return nil }
        return DebugType.SwiftEnumeration.Case(
          name: member.string(DWARFAttribute.name) ?? "", type: bound(type(of: member), arguments))
      }
    }
    return nil
  }

  private func tag(_ entry: DebugEntry, _ cases: [DebugType.SwiftEnumeration.Case]) -> DebugType.SwiftEnumeration.Tag {
    let values = cases.compactMap(\.type)
    guard let value = values.first else { return .number }
    guard values.count == 1, let size = entry.attributes.unsigned(DWARFAttribute.byteSize) else { return .unknown }
    guard let layout = swiftLayout(value) else { return .unknown }
    if size == layout.size + 1, cases.count > 1 { return .byteBehindValue }
    return size == 8 && cases.count == 2 && isAddress(value) ? .zero : .unknown
  }

  /// The stored properties, whose recorded offsets are useless: they do not heed alignment.
  private func members(_ entry: DebugEntry, _ arguments: [TypeReference]) -> [DebugType.Member] {
    let isBound = binding(entry) != nil
    let owner = origins(of: entry).dropFirst(isBound ? 1 : 0).first { origin in
      origin.children.contains { $0.tag == DWARFTag.member }
    }
    guard let owner else { return [] }
    return owner.children.filter { $0.tag == DWARFTag.member }.enumerated().map { index, child in
      DebugType.Member(
        name: child.string(DWARFAttribute.name) ?? "\(index)", type: bound(type(of: child), arguments),
        byteOffset: nil, bitField: nil, isBase: false)
    }
  }

  private static let encodings: [String: DebugType.Encoding] = {
    var encodings: [String: DebugType.Encoding] = [
      "Swift.Bool": .boolean, "Swift.Float": .floatingPoint, "Swift.Double": .floatingPoint,
    ]
    for size in ["", "8", "16", "32", "64", "128"] {
      encodings["Swift.Int\(size)"] = .signed
      encodings["Swift.UInt\(size)"] = .unsigned
    }
    return encodings
  }()

  static func isPointer(_ name: String) -> Bool {
    for pointer in ["UnsafePointer<", "UnsafeMutablePointer<", "UnsafeRawPointer", "UnsafeMutableRawPointer"]
    where name.utf8.starts(with: "Swift.\(pointer)".utf8) {
      return true
    }
    return name == "Swift.OpaquePointer"
  }
}
