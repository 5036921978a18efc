// Which of the guest's addresses the entries of shadow tables map.
extension ShadowPaging {
  /// The one address that an entry maps; nil where its table stands in several places.
  func virtualAddress(of place: UInt64) -> UInt64? {
    guard let table = byFrame[frameNumber(place & ~0xfff)] else { return nil }
    return virtualAddress(table, Int(place & 0xfff) >> 3)
  }

  func virtualAddress(_ table: ShadowTable, _ index: Int) -> UInt64? {
    var ancestor = table
    while !(ancestor is ShadowRoot) {
      guard ancestor.parents.count == 1 else { return nil }
      ancestor = ancestor.parents[0].table
    }
    return ranges(table, index)?.first?.lowerBound
  }

  /// The addresses that an entry maps, or would; nil where they are many.
  func ranges(_ table: ShadowTable, _ index: Int) -> [ClosedRange<UInt64>]? {
    starts(of: table)?.map { start in
      let first = table.address(start, index)
      return first...first &+ (table.entrySize &- 1)
    }
  }

  /// The addresses that a table maps that is no root.
  func ranges(_ table: ShadowTable) -> [ClosedRange<UInt64>]? {
    starts(of: table)?.map { $0...$0 &+ (table.entrySize &* 512 &- 1) }
  }

  /// Where a table begins, in each tree in which it stands. Those of a kernel stand at one address in many.
  private func starts(of table: ShadowTable) -> [UInt64]? {
    if table is ShadowRoot { return [0] }
    var starts: [UInt64] = []
    for (parent, index) in table.parents {
      guard let bases = self.starts(of: parent) else { return nil }
      for start in bases.map({ parent.address($0, index) }) where !starts.contains(start) { starts.append(start) }
      if starts.count > 8 { return nil }
    }
    return starts
  }
}

extension ShadowTable {
  /// The address that an entry of a table maps that begins at `start`. The upper halves of roots are sign-extended.
  fileprivate func address(_ start: UInt64, _ index: Int) -> UInt64 {
    let address = start &+ UInt64(index) &* entrySize
    guard self is ShadowRoot else { return address }
    let unused = UInt64(64 - 12 - 9 * (level + 1))
    return UInt64(bitPattern: Int64(bitPattern: address << unused) >> unused)
  }
}
