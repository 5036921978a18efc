import RISCV

/// One G-stage table tree of a monitor's, for whoever looks.
package struct NestedReport: Sendable, Equatable {
  /// Whose view of memory it is, in words.
  package var view: String
  package var vmid: UInt16
  /// Host-physical address of the root.
  package var root: UInt64
  package var scheme: PagingScheme
  /// Tables below the root.
  package var tableCount: Int
  /// Pages that it maps, by the size of their leaves.
  package var smallLeaves: Int
  package var largeLeaves: Int
}

extension NestedPaging {
  /// All trees, in order of creation.
  var report: [NestedReport] { tables.map(description) }

  /// The tree that a hart's present mode uses, and the entries on the way to a guest-physical address; nil where the monitor has
  /// none yet. Nothing is made by asking.
  func path(to address: UInt64, for hart: Hart) -> (table: NestedReport, entries: [HostTableEntry])? {
    guard let table = presentTable(of: hart) else { return nil }
    var entries: [HostTableEntry] = []
    var frame = table.root
    for level in (0..<table.scheme.levels).reversed() {
      let index = Int(address >> UInt64(12 + 9 * level) & (level == table.scheme.levels - 1 ? 2047 : 511))
      let place = frame + UInt64(index) * 8
      let entry = HostTableEntry(level: level, index: index, address: place, value: host.memory.tableEntry(at: place))
      entries.append(entry)
      if entry.value == 0 || entry.isLeaf { break }
      frame = entry.target
    }
    return (description(table), entries)
  }

  private func description(_ table: NestedTable) -> NestedReport {
    var report = NestedReport(
      view: "", vmid: table.vmid, root: table.root, scheme: table.scheme, tableCount: table.frames.count,
      smallLeaves: 0,
      largeLeaves: 0)
    switch table.key.view {
    case .machine: report.view = "M"
    case .supervisor: report.view = "S and U"
    case .guest(let translation): report.view = "guest of hgatp \(hexText(translation))"
    }
    count(table.root, table.scheme.levels - 1, 2048, &report)
    return report
  }

  private func count(_ frame: UInt64, _ level: Int, _ entries: UInt64, _ report: inout NestedReport) {
    for index in 0..<entries {
      let value = host.memory.tableEntry(at: frame + index * 8)
      if value == 0 { continue }
      if !ShadowEntry.isLeaf(value) {
        count(ShadowEntry.target(value), level - 1, 512, &report)
      } else if level == 0 {
        report.smallLeaves += 1
      } else {
        report.largeLeaves += 1
      }
    }
  }
}

private func hexText(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
