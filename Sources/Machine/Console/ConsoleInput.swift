/// What the world types to the guest: bytes on their way to the serial port, and a log of when they came, from which a run
/// can be repeated.
///
/// Bytes from outside wait until the next turn border, because only there may the world touch the machine; that border's clock
/// is what the log says. A repeated run is given the log and takes each entry at its clock.
package struct ConsoleInput: Sendable {
  /// Bytes that came in together.
  package struct Arrival: Sendable, Equatable {
    /// The border's clock, in clock units.
    package var clock: UInt64
    package var bytes: [UInt8]

    package init(clock: UInt64, bytes: [UInt8]) {
      self.clock = clock
      self.bytes = bytes
    }
  }

  /// What came from outside so far, in order of time.
  package private(set) var arrivals: [Arrival] = []
  /// Came from outside since the last border.
  private var inbox: [UInt8] = []
  /// From a log, to come, in order of time.
  private var scheduled: ArraySlice<Arrival> = []
  private var queue: [UInt8] = []
  private var queueStart = 0

  package init() {}

  /// The world sends bytes. They are logged at the next turn border.
  package mutating func send(_ bytes: some Sequence<UInt8>) { inbox.append(contentsOf: bytes) }

  /// Takes a log to repeat. Entries whose clock has passed come at the next border.
  package mutating func replay(_ log: [Arrival]) { scheduled = log[...] }

  /// Whether bytes wait that have entered the machine's time.
  package var isEmpty: Bool { queueStart == queue.count }

  /// The bytes that wait, not counting those of the next border.
  package var count: Int { queue.count - queueStart }

  /// When a turn border next has something to do here, in clock units: 0 for at once, `.max` for never.
  package var dueClock: UInt64 { inbox.isEmpty ? scheduled.first?.clock ?? .max : 0 }

  /// Lets in what is due. Called at turn borders only.
  package mutating func clockReached(_ clock: UInt64) {
    while let next = scheduled.first, next.clock <= clock {
      scheduled.removeFirst()
      arrivals.append(next)
      queue.append(contentsOf: next.bytes)
    }
    guard !inbox.isEmpty else { return }
    arrivals.append(Arrival(clock: clock, bytes: inbox))
    queue.append(contentsOf: inbox)
    inbox.removeAll()
  }

  /// Adds bytes that follow from the run itself, such as an answer to a prompt: they are not logged.
  package mutating func enqueue(_ bytes: [UInt8]) { queue.append(contentsOf: bytes) }

  /// Takes the next byte that has entered; nil when none has.
  package mutating func removeFirst() -> UInt8? {
    guard queueStart < queue.count else { return nil }
    defer {
      queueStart += 1
      if queueStart == queue.count {
        queue.removeAll(keepingCapacity: true)
        queueStart = 0
      }
    }
    return queue[queueStart]
  }
}
