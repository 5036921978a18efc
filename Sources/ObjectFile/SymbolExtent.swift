/// How far a symbol reaches from its address.
struct SymbolExtent: Sendable {
  /// The last address it covers.
  let last: UInt64
  /// Whether its file said so; else it is a guess.
  let isSized: Bool

  /// Gives one image's entries, sorted by address, their extents.
  static func assign(to entries: inout [SymbolTable.Entry], sections: [ELFFile.Section], offset: Int64) {
    var next: UInt64?
    var end = entries.endIndex
    while end > entries.startIndex {
      let address = entries[end - 1].symbol.address
      let start = entries[..<end].lastIndex { $0.symbol.address != address }.map { $0 + 1 } ?? entries.startIndex
      let group = (start..<end).filter { entries[$0].symbol.sectionIndex != .absolute }
      // A name without a size beside one with a size is another name for the same thing.
      let groupSize = group.map { entries[$0].symbol.size }.max() ?? 0
      for index in group {
        let symbol = entries[index].symbol
        let size = symbol.size > 0 ? symbol.size : groupSize
        entries[index].extent =
          size > 0
          ? SymbolExtent(last: saturatingSum(address, size - 1), isSized: true)
          : SymbolExtent(last: unsizedLast(symbol, next, sections, offset), isSized: false)
      }
      if !group.isEmpty { next = address }
      end = start
    }
  }

  private static func unsizedLast(
    _ symbol: Symbol, _ next: UInt64?, _ sections: [ELFFile.Section], _ offset: Int64
  ) -> UInt64 {
    let address = symbol.address
    let beforeNext = next.map { $0 - 1 }
    if case .section(let index) = symbol.sectionIndex, sections.indices.contains(index) {
      let distance = address &- (sections[index].address &+ UInt64(bitPattern: offset))
      // At or beyond the end, such as `_end`, it marks only its own address.
      guard distance < sections[index].size else { return address }
      return min(saturatingSum(address, sections[index].size - distance - 1), beforeNext ?? .max)
    }
    return beforeNext ?? address | 0xfff
  }

  private static func saturatingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}

/// Finds, of intervals that may lie in one another, the one that contains an address and begins last.
struct IntervalIndex: Sendable {
  private struct Interval {
    let start: UInt64
    let last: UInt64
    /// Index into the table that the interval is of.
    let index: Int
    /// The nearest interval before this one that reaches further, or -1: the only one before it worth a look at an
    /// address beyond `last`.
    var enclosing = -1
  }

  /// By start; of those with one start the preferred one last, because the search begins at the end.
  private var intervals: [Interval] = []

  init() {}

  /// The extents of a table's entries that have a size, or of those that have none.
  init(_ entries: [SymbolTable.Entry], isSized: Bool) {
    var group: [Interval] = []
    for (index, entry) in entries.enumerated() {
      guard let extent = entry.extent, extent.isSized == isSized else { continue }
      if let first = group.first, first.start != entry.symbol.address {
        intervals.append(contentsOf: group.reversed())
        group.removeAll(keepingCapacity: true)
      }
      group.append(Interval(start: entry.symbol.address, last: extent.last, index: index))
    }
    intervals.append(contentsOf: group.reversed())
    for index in intervals.indices {
      var candidate = index - 1
      while candidate >= 0, intervals[candidate].last <= intervals[index].last {
        candidate = intervals[candidate].enclosing
      }
      intervals[index].enclosing = candidate
    }
  }

  func index(containing address: UInt64) -> Int? {
    var candidate = intervals.partitioningIndex { $0.start > address } - 1
    while candidate >= 0, intervals[candidate].last < address { candidate = intervals[candidate].enclosing }
    return candidate >= 0 ? intervals[candidate].index : nil
  }
}

extension RandomAccessCollection {
  /// The first index whose element satisfies a predicate that is false for a beginning of the collection and true for
  /// the rest.
  func partitioningIndex(where predicate: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = count
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if predicate(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}
