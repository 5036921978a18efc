/// Where a hart leaves events until the machine takes them, after at most one instruction.
final class EventBuffer {
  var events: [Event] = []
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
