import RISCV

/// A virtio memory balloon (Virtio specification, "Traditional Memory Balloon Device"): the board asks the guest to give up memory,
/// and the guest names the pages that it will not use.
///
/// The device keeps count and nothing more: RAM stays as it is, and a guest that breaks its word finds its page unharmed. What a
/// monitor would do with the pages is up to the techniques. Requests come in at turn borders, by ``BalloonRequests``.
package final class VirtioBalloon: VirtioFunction {
  package let name = "balloon"
  package let deviceID: UInt32 = 5
  package let features: UInt64
  package let queueCount = 3
  package static let inflateQueue = 0
  package static let deflateQueue = 1
  package static let statisticsQueue = 2
  /// Pages of the balloon are of this size, whatever the guest's are.
  package static let pageSize: UInt64 = 4096

  private enum Feature {
    static let mustTellHost: UInt64 = 1 << 0
    static let statistics: UInt64 = 1 << 1
    static let deflateOnOutOfMemory: UInt64 = 1 << 2
  }

  /// Pages that the guest is asked to give up.
  package private(set) var target: UInt32
  /// Pages that the driver says it has given up.
  package private(set) var actual: UInt32 = 0
  /// The pages that are given up, by their place in RAM.
  package private(set) var pages = PageSet()
  /// Pages given up, and taken back, since the driver's reset.
  package private(set) var inflatedCount: UInt64 = 0
  package private(set) var deflatedCount: UInt64 = 0
  /// Numbers that name no page of RAM, and pages that were given up already or taken back without having been given up.
  package private(set) var strayCount: UInt64 = 0
  package private(set) var repeatedCount: UInt64 = 0
  /// What the driver told last, in its order; empty before the first time.
  package private(set) var statistics: [BalloonStatistic] = []
  /// The guest's clock when it did.
  package private(set) var statisticsClock: UInt64 = 0

  /// Pages moved since the last event.
  private var unreported: UInt64 = 0
  private unowned let port: any HartPort
  /// More statistics than any driver has are not kept.
  private static let mostStatistics = 64
  private static let piece: UInt64 = 4096

  /// With `deflatesOnOutOfMemory` the guest may take pages back when it has none left.
  package init(target: UInt32, deflatesOnOutOfMemory: Bool, port: any HartPort) {
    self.target = target
    self.port = port
    features =
      Feature.mustTellHost | Feature.statistics | (deflatesOnOutOfMemory ? Feature.deflateOnOutOfMemory : 0)
  }

  /// `num_pages` and `actual`.
  package var configuration: [UInt8] {
    [target, actual].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  /// The driver may write `actual`. It has done a piece of work then, so it is asked for new statistics.
  package func writeConfiguration(_ bytes: [UInt8], at offset: Int) -> Int? {
    for (index, byte) in bytes.enumerated() where (4..<8).contains(offset + index) {
      let shift = UInt32(8 * (offset + index - 4))
      actual = actual & ~(0xff << shift) | UInt32(byte) << shift
    }
    return Self.statisticsQueue
  }

  /// A new wish. The slot tells the driver.
  func request(_ pages: UInt32) {
    target = pages
    port.report(.balloon(.request, pages: UInt64(pages)))
  }

  package func driverChanged(_ features: UInt64?) {
    guard features == nil else { return }
    actual = 0
    pages = PageSet()
    (inflatedCount, deflatedCount, strayCount, repeatedCount) = (0, 0, 0, 0)
    statistics = []
  }

  /// The driver leaves its statistics with the device until new ones are wanted.
  package func keepsChain(queue: Int) -> Bool { queue == Self.statisticsQueue }

  package func serve(
    _ chain: VirtioChain, queue: Int, memory: PhysicalMemory
  ) throws(VirtioFault) -> UInt32 {
    if queue == Self.statisticsQueue {
      readStatistics(chain, memory)
    } else {
      move(chain, memory, isInflating: queue == Self.inflateQueue)
    }
    return 0
  }

  /// Notes each page that a request names. A request needs no more numbers than RAM has pages; those beyond are strays.
  private func move(_ chain: VirtioChain, _ memory: PhysicalMemory, isInflating: Bool) {
    let all = memory.size / Self.pageSize
    let count = min(chain.readable.count / 4, all)
    strayCount &+= chain.readable.count / 4 - count
    let first = memory.base / Self.pageSize
    var moved: UInt64 = 0
    for offset in stride(from: 0, to: 4 * count, by: Int(Self.piece)) {
      let bytes = chain.readable.read(at: offset, count: Int(min(Self.piece, 4 * count - offset)), from: memory)
      for index in stride(from: 0, to: bytes.count - 3, by: 4) {
        let number = (0..<4).reduce(UInt64(0)) { $0 | UInt64(bytes[index + $1]) << UInt64(8 * $1) }
        guard number >= first, number - first < all else {
          strayCount &+= 1
          continue
        }
        if pages.set(Int(number - first), isInflating) { moved += 1 } else { repeatedCount &+= 1 }
      }
    }
    if isInflating { inflatedCount &+= moved } else { deflatedCount &+= moved }
    unreported += moved
  }

  /// One event for all requests that came together: the hart's room for events is bounded.
  package func finished(queue: Int) {
    if unreported > 0 { port.report(.balloon(queue == Self.inflateQueue ? .inflate : .deflate, pages: unreported)) }
    unreported = 0
  }

  private func readStatistics(_ chain: VirtioChain, _ memory: PhysicalMemory) {
    let size = BalloonStatistic.byteCount
    let bytes = chain.readable.read(at: 0, count: Self.mostStatistics * size, from: memory)
    statistics = (0..<bytes.count / size).map { BalloonStatistic(bytes[($0 * size)..<(($0 + 1) * size)]) }
    statisticsClock = port.clock
  }

  /// Hands its whole state to a digest, word by word.
  package func mixState(_ mix: (UInt64) -> Void) {
    for value in [target, actual] { mix(UInt64(value)) }
    for value in [inflatedCount, deflatedCount, strayCount, repeatedCount] { mix(value) }
    for (index, word) in pages.words.enumerated() where word != 0 {
      mix(UInt64(index))
      mix(word)
    }
    for statistic in statistics {
      mix(UInt64(statistic.tag))
      mix(statistic.value)
    }
  }

  package var fields: [DeviceField] {
    [
      DeviceField("target", target), .init("actual", actual), .init("pages given up", pages.count),
      .init("inflated", inflatedCount), .init("deflated", deflatedCount), .init("strays", strayCount),
      .init("repeated", repeatedCount),
    ]
  }
}

/// A set of pages of RAM: a bit each, as far as there are any.
package struct PageSet: Sendable, Equatable {
  private(set) var words: [UInt64] = []
  package private(set) var count = 0

  /// Puts a page in or takes it out. False when it was so already.
  mutating func set(_ page: Int, _ isIn: Bool) -> Bool {
    let (word, bit) = (page / 64, UInt64(1) << UInt64(page % 64))
    guard contains(page) != isIn else { return false }
    if word >= words.count { words += [UInt64](repeating: 0, count: word + 1 - words.count) }
    words[word] ^= bit
    count += isIn ? 1 : -1
    return true
  }

  package func contains(_ page: Int) -> Bool {
    page / 64 < words.count && words[page / 64] & 1 << UInt64(page % 64) != 0
  }
}
