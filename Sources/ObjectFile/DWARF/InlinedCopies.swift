extension DebugInformation {
  /// Where the code of the inlined copies of a function begins, by its name without what it is part of. Goes through all units.
  package func inlinedCopies(ofFunctionNamed name: String) -> [UInt64] {
    var isWanted: [UInt64: Bool] = [:]
    var found: Set<UInt64> = []
    for unit in units.indices {
      let tree = entries(ofUnit: unit)
      for index in tree.entries.indices where tree.tag(index) == DWARFTag.inlinedSubroutine {
        let entry = DebugEntry(tree: tree, index: index)
        guard let value = entry.attributes[DWARFAttribute.abstractOrigin],
          let origin = try? referent(of: value, from: entry)
        else { continue }
        let wanted = isWanted[origin.offset] ?? (function(origin).name == name)
        isWanted[origin.offset] = wanted
        if wanted, let start = addresses(of: entry).map(\.lowerBound).min() { found.insert(start) }
      }
    }
    return found.sorted()
  }
}
