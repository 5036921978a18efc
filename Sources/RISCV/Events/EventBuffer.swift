/// Where a hart leaves events until the machine takes them: after the instruction where somebody waits for one, else at the end
/// of the run of the hart, or when it is nearly full. It never grows.
enum EventBuffer {
  /// Records that fit.
  static let capacity = 4096
  /// From here on the hart stops after the instruction. What is left is more than one instruction and the traps and
  /// interrupts behind it record: the most is a store across pages, with a TLB fill and watches, some thirty.
  static let full = capacity - 256
  /// Where a hart stops whose records are handed to a virtual one, in which they may become two each, and which has half of its buffer
  /// free when it is entered.
  static let fullOfPhysical = full / 8

  static func allocate() -> UnsafeMutablePointer<EventRecord> { .allocate(capacity: capacity) }
}

/// The places that a debugger watches.
struct WatchList: Sendable {
  var ranges: [WatchedRange] = []
}

/// A range of addresses to be watched for accesses.
package struct WatchedRange: Sendable, Equatable {
  package enum Space: Sendable { case virtual, physical }
  package var space: Space
  package var address: UInt64
  package var count: UInt64
  package var onLoad: Bool
  package var onStore: Bool

  package init(space: Space, address: UInt64, count: UInt64, onLoad: Bool, onStore: Bool) {
    self.space = space
    self.address = address
    self.count = count
    self.onLoad = onLoad
    self.onStore = onStore
  }

  /// Whether it shares a byte with `other` bytes from `start`.
  package func overlaps(_ start: UInt64, count other: UInt64) -> Bool {
    start &- address < count || address &- start < other
  }
}
