import RISCV

/// A virtio memory balloon (Virtio specification, "Traditional Memory Balloon Device"): the board asks the guest to give up memory,
/// and the guest names the pages that it will not use. With free page reporting it also tells of pages that it does not use now.
///
/// The content of a page that is given up or reported is gone, under every technique: it reads as zeros, and where a host lies
/// below, its frame goes back. A guest that touches such a page gets a page of zeros. Requests come in at turn borders, by
/// ``BalloonRequests``.
package final class VirtioBalloon: VirtioFunction {
  package let name = "balloon"
  package let deviceID: UInt32 = 5
  package let features: UInt64
  package let queueCount: Int
  package static let inflateQueue = 0
  package static let deflateQueue = 1
  package static let statisticsQueue = 2
  /// Reports come in queue 4, as the specification numbers them, or in 3, where QEMU's device and Linux's driver have them as long
  /// as nobody offers free page hints, whose queue 3 would be.
  package static let reportingQueues = 3...4
  /// Pages of the balloon are of this size, whatever the guest's are.
  package static let pageSize: UInt64 = 4096

  package enum Feature {
    static let mustTellHost: UInt64 = 1 << 0
    static let statistics: UInt64 = 1 << 1
    static let deflateOnOutOfMemory: UInt64 = 1 << 2
    static let pagePoison: UInt64 = 1 << 4
    static let pageReporting: UInt64 = 1 << 5
  }
  /// Where the fields of the configuration lie, each of 32 bits.
  private enum Field {
    static let target = 0..<4
    static let actual = 4..<8
    static let poison = 12..<16
  }

  /// Pages that the guest is asked to give up.
  package private(set) var target: UInt32
  /// Pages that the driver says it has given up.
  package private(set) var actual: UInt32 = 0
  /// What the driver fills free pages with. Where that is not zero, a reported page has to keep it, so nothing is dropped.
  package private(set) var poison: UInt32 = 0
  /// The pages that are given up, by their place in RAM.
  package private(set) var pages = PageSet()
  /// Pages given up, taken back, and reported free, since the driver's reset.
  package private(set) var inflatedCount: UInt64 = 0
  package private(set) var deflatedCount: UInt64 = 0
  package private(set) var reportedCount: UInt64 = 0
  /// Numbers that name no page of RAM, and pages that were given up already or taken back without having been given up.
  package private(set) var strayCount: UInt64 = 0
  package private(set) var repeatedCount: UInt64 = 0
  /// What the driver told last, in its order; empty before the first time.
  package private(set) var statistics: [BalloonStatistic] = []
  /// The guest's clock when it did.
  package private(set) var statisticsClock: UInt64 = 0

  /// The features that the driver has accepted.
  private var accepted: UInt64 = 0
  /// Pages moved since the last event.
  private var unreported: UInt64 = 0
  /// The target that the driver has read last. For events only: it takes part in nothing.
  package private(set) var noticed: UInt32 = 0
  private unowned let port: any HartPort
  /// More statistics than any driver has are not kept.
  private static let mostStatistics = 64
  private static let piece: UInt64 = 4096

  /// With `deflatesOnOutOfMemory` the guest may take pages back when it has none left.
  package init(target: UInt32, deflatesOnOutOfMemory: Bool, reportsFreePages: Bool, port: any HartPort) {
    self.target = target
    self.port = port
    features =
      Feature.mustTellHost | Feature.statistics | (deflatesOnOutOfMemory ? Feature.deflateOnOutOfMemory : 0)
      | (reportsFreePages ? Feature.pagePoison | Feature.pageReporting : 0)
    queueCount = reportsFreePages ? Self.reportingQueues.upperBound + 1 : Self.statisticsQueue + 1
  }

  /// `num_pages`, `actual`, `free_page_hint_cmd_id`, which is not offered, and `poison_val`.
  package var configuration: [UInt8] {
    [target, actual, 0, poison].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  /// The driver may write `actual` and `poison_val`. After `actual` it has done a piece of work, so it is asked for new statistics.
  package func writeConfiguration(_ bytes: [UInt8], at offset: Int) -> Int? {
    Self.set(&actual, Field.actual, bytes, offset)
    if features & Feature.pagePoison != 0 { Self.set(&poison, Field.poison, bytes, offset) }
    return Field.poison.contains(offset) ? nil : Self.statisticsQueue
  }
  private static func set(_ word: inout UInt32, _ field: Range<Int>, _ bytes: [UInt8], _ offset: Int) {
    for (index, byte) in bytes.enumerated() where field.contains(offset + index) {
      let shift = UInt32(8 * (offset + index - field.lowerBound))
      word = word & ~(0xff << shift) | UInt32(byte) << shift
    }
  }

  package func configurationWasRead(_ bytes: Range<Int>) {
    guard bytes.overlaps(Field.target), noticed != target else { return }
    noticed = target
    report(.notice, UInt64(target))
  }

  /// A new wish. The slot tells the driver.
  func request(_ pages: UInt32) {
    target = pages
    report(.request, UInt64(pages))
  }

  private func report(_ step: BalloonStep, _ count: UInt64) {
    port.report(.balloon(step, pages: count, total: UInt64(pages.count)))
  }

  package func driverChanged(_ features: UInt64?) {
    accepted = features ?? 0
    guard features == nil else { return }
    (actual, poison, noticed) = (0, 0, 0)
    pages = PageSet()
    (inflatedCount, deflatedCount, reportedCount, strayCount, repeatedCount) = (0, 0, 0, 0, 0)
    statistics = []
  }

  /// The driver leaves its statistics with the device until new ones are wanted.
  package func keepsChain(queue: Int) -> Bool { queue == Self.statisticsQueue }

  package func serve(
    _ chain: VirtioChain, queue: Int, memory: PhysicalMemory
  ) throws(VirtioFault) -> UInt32 {
    switch queue {
    case Self.statisticsQueue: readStatistics(chain, memory)
    case Self.inflateQueue, Self.deflateQueue: move(chain, memory, isInflating: queue == Self.inflateQueue)
    default: takeReport(chain, memory)
    }
    return 0
  }

  /// Notes each page that a request names. A request needs no more numbers than RAM has pages; those beyond are strays.
  private func move(_ chain: VirtioChain, _ memory: PhysicalMemory, isInflating: Bool) {
    let all = memory.size / Self.pageSize
    let first = memory.base / Self.pageSize
    var moved: UInt64 = 0
    strayCount &+= Self.forEachNumber(chain, memory) { number in
      guard number >= first, number - first < all else {
        strayCount &+= 1
        return
      }
      if pages.set(Int(number - first), isInflating) { moved += 1 } else { repeatedCount &+= 1 }
      // Named again it is given up again: the guest may have used it since, though it should not.
      if isInflating { memory.forgetPage(at: number * Self.pageSize, .balloon) }
    }
    if isInflating { inflatedCount &+= moved } else { deflatedCount &+= moved }
    unreported += moved
  }

  /// Visits the page numbers of a request. Returns how many of them were passed over, which are more than RAM has pages. A piece of
  /// them is read at a time: the page that they lie on may be among those that they name.
  @discardableResult
  package static func forEachNumber(
    _ chain: VirtioChain, _ memory: PhysicalMemory, _ body: (UInt64) -> Void
  ) -> UInt64 {
    let count = min(chain.readable.count / 4, memory.size / pageSize)
    for offset in stride(from: 0, to: 4 * count, by: Int(piece)) {
      let bytes = chain.readable.read(at: offset, count: Int(min(piece, 4 * count - offset)), from: memory)
      for index in stride(from: 0, to: bytes.count - 3, by: 4) {
        body((0..<4).reduce(UInt64(0)) { $0 | UInt64(bytes[index + $1]) << UInt64(8 * $1) })
      }
    }
    return chain.readable.count / 4 - count
  }

  /// Drops the contents of the pages that a report's buffers are.
  private func takeReport(_ chain: VirtioChain, _ memory: PhysicalMemory) {
    let isKept = accepted & Feature.pagePoison != 0 && poison != 0
    var count: UInt64 = 0
    strayCount &+= chain.writable.forEachPage { page in
      count += 1
      if !isKept { memory.forgetPage(at: page, .reported) }
    }
    reportedCount &+= count
    unreported += count
  }

  /// One event for all requests that came together: the hart's room for events is bounded.
  package func finished(queue: Int) {
    if unreported > 0 {
      let isReport = Self.reportingQueues.contains(queue)
      report(isReport ? .report : queue == Self.inflateQueue ? .inflate : .deflate, unreported)
    }
    unreported = 0
  }

  private func readStatistics(_ chain: VirtioChain, _ memory: PhysicalMemory) {
    let size = BalloonStatistic.byteCount
    let bytes = chain.readable.read(at: 0, count: Self.mostStatistics * size, from: memory)
    statistics = (0..<bytes.count / size).map { BalloonStatistic(bytes[($0 * size)..<(($0 + 1) * size)]) }
    statisticsClock = port.clock
  }

  /// Pages that the guest had free when it last told.
  package var freePages: UInt64? {
    statistics.first { $0.tag == BalloonStatistic.freeMemory }.map { $0.value / Self.pageSize }
  }

  /// Hands its whole state to a digest, word by word.
  package func mixState(_ mix: (UInt64) -> Void) {
    for value in [target, actual, poison] { mix(UInt64(value)) }
    for value in [inflatedCount, deflatedCount, reportedCount, strayCount, repeatedCount] { mix(value) }
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
      .init("inflated", inflatedCount), .init("deflated", deflatedCount), .init("reported free", reportedCount),
      .init("poison", poison), .init("strays", strayCount), .init("repeated", repeatedCount),
    ]
  }
}
