/// A variable of the source.
package struct DebugVariable: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case parameter, local, global
  }

  /// As the source spells it; empty for a parameter without a name.
  package let name: String
  package let kind: Kind
  /// Nil where not said.
  package let type: TypeReference?
  /// Where it is declared; empty and 0 where not said.
  package let path: String
  package let line: Int
  /// Whether the compiler made it up, such as Swift's metadata.
  package let isArtificial: Bool
  /// Its entry in `.debug_info`.
  let offset: UInt64
}

extension DebugInformation {
  /// The parameters and local variables that can be seen at an address, of the frame with this index in
  /// `frames(at:)`: those of inner blocks first, in each block in the order of the source.
  package func variables(at address: UInt64, inFrame index: Int = 0) -> [DebugVariable] {
    var frame = 0
    var variables: [DebugVariable] = []
    for scope in scopes(at: address).reversed() {
      if frame == index {
        for entry in scope.children where entry.tag == DWARFTag.variable || entry.tag == DWARFTag.formalParameter {
          variables.append(variable(entry, entry.tag == DWARFTag.variable ? .local : .parameter))
        }
      }
      if scope.tag != DWARFTag.lexicalBlock { frame += 1 }
    }
    return variables
  }

  /// The global variables of that name, those of the unit with the code at `address` first. The first call goes through
  /// all units.
  package func globals(named name: String, near address: UInt64? = nil) -> [DebugVariable] {
    nearFirst(names.variables[name] ?? [], address).map { variable($0, .global) }
  }

  /// The names of all global variables, sorted.
  package var globalNames: [String] { names.variables.keys.sorted() }

  func variable(_ entry: DebugEntry, _ kind: DebugVariable.Kind) -> DebugVariable {
    let origins = origins(of: entry)
    let declared = origins.first { $0.attributes.unsigned(DWARFAttribute.declarationLine) != nil }
    return DebugVariable(
      name: origins.lazy.compactMap { $0.string(DWARFAttribute.name) }.first ?? "", kind: kind,
      type: origins.lazy.compactMap { self.type(of: $0) }.first,
      path: declared.map { path(ofFile: $0.attributes.unsigned(DWARFAttribute.declarationFile), $0.unit) } ?? "",
      line: declared.flatMap { $0.attributes.unsigned(DWARFAttribute.declarationLine) }.map { Int(clamping: $0) } ?? 0,
      isArtificial: origins.contains { $0.attributes.flag(DWARFAttribute.artificial) }, offset: entry.offset)
  }

  /// Entries at these offsets, those of the unit with the code at an address first.
  func nearFirst(_ offsets: [UInt64], _ address: UInt64?) -> [DebugEntry] {
    let near = address.flatMap { unit(at: $0) }
    let isNear = { (offset: UInt64) in near.map { ($0.offset..<$0.end).contains(offset) } ?? false }
    return (offsets.filter(isNear) + offsets.filter { !isNear($0) }).compactMap { try? entry(at: $0) }
  }
}
