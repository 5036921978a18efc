/// Finds, of address ranges that may lie in one another, the one that contains an address and begins last.
struct AddressMap<Value: Sendable>: Sendable {
  struct Entry: Sendable {
    let addresses: Range<UInt64>
    let value: Value
    /// The nearest entry before this one that reaches further, or -1: the only one before it worth a look at an address
    /// beyond its end.
    fileprivate var enclosing = -1

    init(_ addresses: Range<UInt64>, _ value: Value) {
      self.addresses = addresses
      self.value = value
    }
  }

  /// By first address; of those that begin together the longest first.
  private(set) var entries: [Entry]

  /// Empty ranges are left out.
  init(_ entries: [Entry] = []) {
    self.entries = entries.filter { !$0.addresses.isEmpty }
    self.entries.sort {
      ($0.addresses.lowerBound, $1.addresses.upperBound) < ($1.addresses.lowerBound, $0.addresses.upperBound)
    }
    for index in self.entries.indices {
      var candidate = index - 1
      while candidate >= 0, self.entries[candidate].addresses.upperBound <= self.entries[index].addresses.upperBound {
        candidate = self.entries[candidate].enclosing
      }
      self.entries[index].enclosing = candidate
    }
  }

  func entry(at address: UInt64) -> Entry? {
    var candidate = entries.partitioningIndex { $0.addresses.lowerBound > address } - 1
    while candidate >= 0, entries[candidate].addresses.upperBound <= address {
      candidate = entries[candidate].enclosing
    }
    return candidate >= 0 ? entries[candidate] : nil
  }
}
