/// The targets that the world sets for the balloon, and a log of when it did, from which a run can be repeated: as
/// ``ConsoleInput`` is for what is typed.
package struct BalloonRequests: Sendable {
  package struct Arrival: Sendable, Equatable {
    /// The turn border's clock, in clock units.
    package var clock: UInt64
    /// The target, in pages of the balloon.
    package var pages: UInt32

    package init(clock: UInt64, pages: UInt32) {
      self.clock = clock
      self.pages = pages
    }
  }

  /// What came from outside so far, in order of time.
  package private(set) var arrivals: [Arrival] = []
  /// Came from outside since the last border; only the latest counts.
  private var inbox: UInt32?
  /// From a log, to come, in order of time.
  private var scheduled: ArraySlice<Arrival> = []

  package init() {}

  /// The world sets a target. It is logged at the next turn border.
  package mutating func send(_ pages: UInt32) { inbox = pages }

  /// Takes a log to repeat. Entries whose clock has passed come at the next border.
  package mutating func replay(_ log: [Arrival]) { scheduled = log[...] }

  /// When a turn border next has something to do here, in clock units: 0 for at once, `.max` for never.
  package var dueClock: UInt64 { inbox == nil ? scheduled.first?.clock ?? .max : 0 }

  /// What the world asked last, if that has not entered yet.
  package var pending: UInt32? { inbox }

  /// Takes the latest that is due. Called at turn borders only.
  mutating func clockReached(_ clock: UInt64) -> UInt32? {
    var latest: UInt32?
    while let next = scheduled.first, next.clock <= clock {
      scheduled.removeFirst()
      arrivals.append(next)
      latest = next.pages
    }
    if let pages = inbox {
      arrivals.append(Arrival(clock: clock, pages: pages))
      inbox = nil
      latest = pages
    }
    return latest
  }
}
