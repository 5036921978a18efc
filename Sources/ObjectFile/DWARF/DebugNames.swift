/// What can be asked for by name, as offsets of entries in `.debug_info`. Made by going through all units once.
struct DebugNames: Sendable {
  private(set) var variables: [String: [UInt64]] = [:]
  private(set) var types: [String: [UInt64]] = [:]
  private(set) var functions: [String: [UInt64]] = [:]
  /// The enumerations that have a value of the name.
  private(set) var enumerators: [String: [UInt64]] = [:]

  mutating func add(_ tree: UnitEntries) {
    var index = 1
    while index < tree.entries.count {
      let tag = tree.tag(index)
      let entry = DebugEntry(tree: tree, index: index)
      switch tag {
      case DWARFTag.variable: add(entry, to: \.variables, DWARFAttribute.location, DWARFAttribute.constantValue)
      case DWARFTag.subprogram: add(entry, to: \.functions, DWARFAttribute.lowPC, DWARFAttribute.ranges)
      case DWARFTag.structureType, DWARFTag.classType, DWARFTag.unionType, DWARFTag.enumerationType,
        DWARFTag.typedef, DWARFTag.baseType:
        addType(entry)
        if tag == DWARFTag.enumerationType {
          for child in entry.children where child.tag == DWARFTag.enumerator {
            if let name = child.string(DWARFAttribute.name) { enumerators[name, default: []].append(entry.offset) }
          }
        }
      default: break
      }
      // Types and modules have members of their own; what functions have is not global.
      switch tag {
      case DWARFTag.structureType, DWARFTag.classType, DWARFTag.unionType, DWARFTag.namespace, DWARFTag.module:
        index += 1
      default: index = Int(tree.entries[index].end)
      }
    }
  }

  /// Adds an entry that has one of two attributes, without which it only declares what is elsewhere.
  private mutating func add(
    _ entry: DebugEntry, to table: WritableKeyPath<Self, [String: [UInt64]]>, _ first: UInt64, _ second: UInt64
  ) {
    let attributes = entry.attributes
    guard attributes[first] != nil || attributes[second] != nil else { return }
    var owner = entry
    // The name may be in the declaration of the same unit.
    for _ in 0..<8 {
      let attributes = owner.attributes
      if let name = owner.string(DWARFAttribute.name), !name.isEmpty {
        self[keyPath: table][name, default: []].append(entry.offset)
        return
      }
      guard
        case .unitReference(let distance) = attributes[DWARFAttribute.specification]
          ?? attributes[DWARFAttribute.abstractOrigin],
        let index = entry.tree.index(ofEntryAt: entry.unit.offset &+ distance)
      else { return }
      owner = DebugEntry(tree: entry.tree, index: index)
    }
  }

  private mutating func addType(_ entry: DebugEntry) {
    guard !entry.attributes.flag(DWARFAttribute.declaration), let name = entry.string(DWARFAttribute.name),
      !name.isEmpty
    else { return }
    types[name, default: []].append(entry.offset)
  }
}

extension DebugInformation {
  /// The functions with code of that name, without what they are part of. The first call goes
  /// through all units.
  package func functions(named name: String) -> [DebugFunction] {
    (names.functions[name] ?? []).compactMap { try? entry(at: $0) }.map(function).filter { $0.entry != nil }
  }

  /// The types of that name, complete ones only, those of the unit with the code at `address` first. A name in C may
  /// belong to a structure and to a `typedef`. The first call goes through all units.
  package func types(named name: String, near address: UInt64? = nil) -> [TypeReference] {
    nearFirst(names.types[name] ?? [], address).map { TypeReference(offset: $0.offset) }
  }

  /// A value of an enumeration by its name, with the enumeration; that of the unit with the code at `address` first.
  package func enumerator(
    named name: String, near address: UInt64? = nil
  ) -> (type: TypeReference, value: Int64)? {
    for entry in nearFirst(names.enumerators[name] ?? [], address) {
      let type = TypeReference(offset: entry.offset)
      if case .enumeration(let all) = self.type(type).kind, let found = all.first(where: { $0.name == name }) {
        return (type, found.value)
      }
    }
    return nil
  }

  var names: DebugNames {
    if let debugNames { return debugNames }
    var names = DebugNames()
    for (index, unit) in units.enumerated() { names.add(unitEntries[index] ?? UnitEntries(unit)) }
    debugNames = names
    return names
  }
}
