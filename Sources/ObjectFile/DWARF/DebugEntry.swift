/// One entry of a unit with what it takes to understand it.
struct DebugEntry: Sendable {
  let tree: UnitEntries
  let index: Int

  var unit: DWARFUnit { tree.unit }
  var tag: UInt64 { tree.tag(index) }
  /// In `.debug_info`; tells entries apart.
  var offset: UInt64 { tree.entries[index].offset }
  var place: DWARFPlace { DWARFPlace(section: .info, offset: offset) }
  var attributes: EntryAttributes { tree.attributes(index) }

  var parent: DebugEntry? {
    let parent = Int(tree.entries[index].parent)
    return parent >= 0 ? DebugEntry(tree: tree, index: parent) : nil
  }

  /// The entries directly below this one.
  var children: some Sequence<DebugEntry> {
    sequence(state: index + 1) { [tree, end = Int(tree.entries[index].end)] next -> DebugEntry? in
      guard next < end else { return nil }
      defer { next = Int(tree.entries[next].end) }
      return DebugEntry(tree: tree, index: next)
    }
  }

  /// A string attribute of this entry.
  func string(_ name: UInt64) -> String? { (try? unit.string(attributes[name])) ?? nil }

  /// The addresses of the code of this entry.
  func addresses() throws(DWARFError) -> [Range<UInt64>] {
    let attributes = attributes
    var work = DWARFWork(size: UInt64(unit.sections.bytes(unit.version < 5 ? .ranges : .rangeLists).count))
    return try unit.addresses(
      low: attributes[DWARFAttribute.lowPC], high: attributes[DWARFAttribute.highPC],
      ranges: attributes[DWARFAttribute.ranges], &work)
  }
}

extension DebugInformation {
  /// How many units are kept in memory at a time.
  private static let keptUnits = 64

  /// A unit's entries, read at the first call.
  func entries(ofUnit index: Int) -> UnitEntries {
    if let known = unitEntries[index] { return known }
    let entries = UnitEntries(units[index])
    if let warning = entries.warning { warn(warning) }
    if unitEntries.count >= Self.keptUnits { unitEntries.removeAll() }
    unitEntries[index] = entries
    return entries
  }

  /// The entry at an offset in `.debug_info`.
  func entry(at offset: UInt64) throws(DWARFError) -> DebugEntry {
    let index = units.partitioningIndex { $0.offset > offset } - 1
    let place = DWARFPlace(section: .info, offset: offset)
    guard index >= 0, offset < units[index].end else { throw .noEntry(place) }
    let tree = entries(ofUnit: index)
    guard let found = tree.index(ofEntryAt: offset) else { throw .noEntry(place) }
    return DebugEntry(tree: tree, index: found)
  }

  /// The entry that an attribute of `entry` refers to.
  func referent(of value: DWARFValue, from entry: DebugEntry) throws(DWARFError) -> DebugEntry {
    switch value {
    case .unitReference(let distance):
      let (offset, overflow) = entry.unit.offset.addingReportingOverflow(distance)
      guard !overflow, offset < entry.unit.end, let index = entry.tree.index(ofEntryAt: offset) else {
        throw .noEntry(DWARFPlace(section: .info, offset: overflow ? .max : offset))
      }
      return DebugEntry(tree: entry.tree, index: index)
    case .reference(let offset): return try self.entry(at: offset)
    case .elsewhere: throw .elsewhere(entry.place)
    default: throw .wrongForm(entry.place, 0)
    }
  }

  /// An entry, what it is an instance of and what it completes: an attribute that one of them lacks, the next may have.
  func origins(of entry: DebugEntry) -> [DebugEntry] {
    var all = [entry]
    while all.count < 8 {
      let attributes = all[all.count - 1].attributes
      guard
        let value = attributes[DWARFAttribute.abstractOrigin] ?? attributes[DWARFAttribute.specification],
        let next = try? referent(of: value, from: all[all.count - 1])
      else { break }
      all.append(next)
    }
    return all
  }
}
