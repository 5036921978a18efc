extension DebugInformation {
  /// A unit's functions with code, as indices of their entries; read at the first call.
  func functionsByAddress(ofUnit index: Int) -> AddressMap<Int> {
    if let known = unitFunctions[index] { return known }
    let tree = entries(ofUnit: index)
    var found: [AddressMap<Int>.Entry] = []
    for index in tree.entries.indices where tree.tag(index) == DWARFTag.subprogram {
      found += addresses(of: DebugEntry(tree: tree, index: index)).map { .init($0, index) }
    }
    let map = AddressMap(found)
    unitFunctions[index] = map
    return map
  }

  func functionEntry(at address: UInt64) -> DebugEntry? {
    guard let unit = unitsByAddress.entry(at: address)?.value,
      let index = functionsByAddress(ofUnit: unit).entry(at: address)?.value
    else { return nil }
    return DebugEntry(tree: entries(ofUnit: unit), index: index)
  }

  /// The function at an address, and below it the blocks and inlined functions that the address is in, from the outside
  /// in.
  func scopes(at address: UInt64) -> [DebugEntry] {
    guard let function = functionEntry(at: address) else { return [] }
    var scopes = [function]
    while let inner = scopes[scopes.count - 1].children.first(where: { child in
      (child.tag == DWARFTag.lexicalBlock || child.tag == DWARFTag.inlinedSubroutine)
        && addresses(of: child).contains { $0.contains(address) }
    }) {
      scopes.append(inner)
    }
    return scopes
  }

  /// Tells apart the function or inlined instance that an address is in.
  func instance(at address: UInt64) -> UInt64 {
    scopes(at: address).last { $0.tag != DWARFTag.lexicalBlock }?.offset ?? address
  }

  /// Where the function, or its part, ends that an address is in.
  func functionEnd(at address: UInt64) -> UInt64? {
    unitsByAddress.entry(at: address).flatMap { functionsByAddress(ofUnit: $0.value).entry(at: address) }?
      .addresses.upperBound
  }
}
