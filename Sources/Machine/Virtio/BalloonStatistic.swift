/// One number that a balloon's driver tells about its guest's memory (Virtio specification, "Memory Statistics Tags").
package struct BalloonStatistic: Sendable, Equatable {
  package var tag: UInt16
  package var value: UInt64

  /// The tag of free memory, in bytes.
  static let freeMemory: UInt16 = 4
  /// A tag and a value, as they lie in the driver's buffer.
  static let byteCount = 10

  /// Reads one from as many bytes.
  init(_ bytes: ArraySlice<UInt8>) {
    tag = bytes.prefix(2).reversed().reduce(0) { $0 << 8 | UInt16($1) }
    value = bytes.dropFirst(2).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  package init(tag: UInt16, value: UInt64) {
    self.tag = tag
    self.value = value
  }

  /// What the tag stands for.
  package var name: String {
    Int(tag) < Self.names.count ? Self.names[Int(tag)].name : "statistic \(tag)"
  }

  /// It counts bytes, and not events.
  package var isBytes: Bool { Int(tag) < Self.names.count && Self.names[Int(tag)].isBytes }

  /// By tag; those from 10 on came after version 1.2 of the specification, with Linux.
  private static let names: [(name: String, isBytes: Bool)] = [
    ("swapped in", true), ("swapped out", true), ("major faults", false), ("minor faults", false),
    ("free memory", true), ("total memory", true), ("available memory", true), ("disk caches", true),
    ("huge pages allocated", false), ("huge pages not to be had", false), ("killed for want of memory", false),
    ("waits for memory", false), ("pages scanned in the background", false), ("pages scanned at once", false),
    ("pages reclaimed in the background", false), ("pages reclaimed at once", false),
  ]
}
