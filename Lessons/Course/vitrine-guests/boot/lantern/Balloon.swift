/// The memory balloon: a virtio device through which the host asks for memory back. Virtual I/O Device Specification,
/// "Traditional Memory Balloon Device".
///
/// The host sets how many pages it wants; we give pages by handing over their numbers (inflate), and take them back when
/// it wants fewer (deflate). A page in the balloon must not be touched: what was in it is gone. A process of the kernel's own
/// does the work. If the host allows it, we also take pages back when no other memory is left, whatever it wants.
///
/// Of free page reporting we make no use: the list of free pages runs through the pages themselves (`PageAllocator`).
enum Balloon {
  private nonisolated(unsafe) static var device: VirtioDevice?
  private nonisolated(unsafe) static var inflation: Virtqueue?
  private nonisolated(unsafe) static var deflation: Virtqueue?
  private nonisolated(unsafe) static var statistics: Virtqueue?

  /// Pages in the balloon.
  private(set) nonisolated(unsafe) static var pages: UInt64 = 0
  /// The last bundle of page numbers that went to the host. Earlier ones hang on it.
  private nonisolated(unsafe) static var lastBundle: UnsafeMutablePointer<Bundle>?
  private nonisolated(unsafe) static var statisticsPlace = PhysicalAddress(0)
  private nonisolated(unsafe) static var isRefused = false

  static var interrupt: UInt32 { device?.interrupt ?? UInt32.max }

  private enum Field {
    static let wanted: UInt64 = 0
    static let actual: UInt64 = 4
  }
  private enum Feature {
    static let statistics: UInt32 = 1 << 1
    static let deflateOnOutOfMemory: UInt32 = 1 << 2
  }
  private nonisolated(unsafe) static var mayHelpItself = false

  /// So many pages stay with us whatever the host wants.
  private static let reserve: UInt64 = 512
  /// Pages that are taken back at once in need: fewer than the reserve, or they would go to the host again right away.
  private static let reliefPages: UInt64 = 128

  /// The numbers of pages that went to the host together. It takes a page of its own, which stays here.
  private struct Bundle {
    static let capacity = 512
    static let numbersOffset: UInt64 = 16
    var previous: UnsafeMutablePointer<Bundle>?
    var count: UInt64
    var numbers: InlineArray<512, UInt32>
  }

  /// Takes the balloon device into use, if there is one.
  static func start(_ board: borrowing Board) throws(Failure) {
    var index = 0
    while index < board.slotCount && device == nil {
      device = VirtioDevice(in: board.virtioSlots[index], kind: VirtioDevice.Kind.balloon)
      index += 1
    }
    guard let device, let features = device.reset(wanting: Feature.statistics | Feature.deflateOnOutOfMemory)
    else { return }
    let hasStatistics = features & Feature.statistics != 0
    mayHelpItself = features & Feature.deflateOnOutOfMemory != 0
    inflation = Virtqueue(number: 0)
    deflation = Virtqueue(number: 1)
    guard device.setUp(inflation!) && device.setUp(deflation!) else {
      say("the balloon is without its queues, and not used")
      self.device = nil
      return
    }
    if hasStatistics {
      let queue = Virtqueue(number: 2)
      if device.setUp(queue) { statistics = queue }
      statisticsPlace = PageAllocator.allocateForever(bytes: pageSize)
    }
    device.start()
    Interrupts.enable(device.interrupt)
    offerStatistics()
    try Processes.startInKernel(Name("balloon"), entry: address_of_balloon_main())
  }

  /// What the process of the balloon does for ever.
  static func run() -> Never {
    while true {
      let wanted = UInt64(device!.configuration(Field.wanted))
      if wanted > pages && !isRefused {
        isRefused = !inflate(by: wanted - pages)
      } else if wanted < pages {
        deflate(by: pages - wanted)
        isRefused = false
      } else {
        // If there was no memory to give, there may be in a second.
        Scheduler.wait(for: .balloonChanged, until: isRefused ? Timer.after(milliseconds: 1000) : Timer.never)
        isRefused = false
      }
    }
  }

  static func handleInterrupt() {
    guard let device else { return }
    _ = device.acknowledgeInterrupt()
    if statistics != nil && statistics!.takeBack() { offerStatistics() }
    Scheduler.wake(.balloonChanged)
  }

  // MARK: Pages

  /// Gives the host up to a bundle of pages. Returns false if there is not enough memory.
  private static func inflate(by wanted: UInt64) -> Bool {
    guard PageAllocator.free > reserve, let page = try? PageAllocator.allocate() else { return false }
    let bundle = page.pointer.assumingMemoryBound(to: Bundle.self)
    while bundle.pointee.count < min(wanted, UInt64(Bundle.capacity)) && PageAllocator.free > reserve {
      guard let given = PageAllocator.take() else { break }
      bundle.pointee.numbers[Int(bundle.pointee.count)] = UInt32(truncatingIfNeeded: given.bits / pageSize)
      bundle.pointee.count += 1
    }
    guard bundle.pointee.count > 0 else {
      PageAllocator.release(page)
      return false
    }
    bundle.pointee.previous = lastBundle
    lastBundle = bundle
    pages += bundle.pointee.count
    send(bundle, from: 0, through: &inflation!)
    return true
  }

  /// Takes a few pages back because there are no others, if the host allows it and the queues are not on their way.
  static func relieve() {
    guard mayHelpItself && pages > 0 && !inflation!.isBusy && !deflation!.isBusy else { return }
    deflate(by: reliefPages, isUrgent: true)
  }

  /// Takes up to a bundle of pages back.
  private static func deflate(by unwanted: UInt64, isUrgent: Bool = false) {
    let bundle = lastBundle!
    let remaining = bundle.pointee.count - min(unwanted, bundle.pointee.count)
    // First the host is told, then the pages are used.
    send(bundle, from: remaining, through: &deflation!, isUrgent: isUrgent)
    while bundle.pointee.count > remaining {
      bundle.pointee.count -= 1
      pages -= 1
      PageAllocator.release(PhysicalAddress(UInt64(bundle.pointee.numbers[Int(bundle.pointee.count)]) * pageSize))
    }
    if remaining == 0 {
      lastBundle = bundle.pointee.previous
      PageAllocator.release(address(of: bundle))
    }
    device!.setConfiguration(Field.actual, UInt32(truncatingIfNeeded: pages))
  }

  private static func address(of bundle: UnsafeMutablePointer<Bundle>) -> PhysicalAddress {
    PhysicalAddress(mapped: UInt64(UInt(bitPattern: bundle)))
  }

  /// Sends the numbers of a bundle, from one on, and waits until the host has seen them. Who needs memory urgently is in the
  /// middle of something, and must not let others run.
  private static func send(
    _ bundle: UnsafeMutablePointer<Bundle>, from first: UInt64, through queue: inout Virtqueue, isUrgent: Bool = false
  ) {
    let place = PhysicalAddress(address(of: bundle).bits + Bundle.numbersOffset + first * 4)
    queue.describe(0, place, count: (bundle.pointee.count - first) * 4, deviceWrites: false, isLast: true)
    queue.handOver()
    device!.notify(queue)
    while !queue.takeBack() { if !isUrgent { Scheduler.wait(for: .balloonChanged) } }
    device!.setConfiguration(Field.actual, UInt32(truncatingIfNeeded: pages))
  }

  // MARK: Statistics

  /// Writes how much memory there is, and hands it over. The host gives the buffer back when it wants to know again.
  private static func offerStatistics() {
    guard statistics != nil else { return }
    let free: UInt64 = 4
    let total: UInt64 = 5
    writeStatistic(0, tag: free, PageAllocator.free * pageSize)
    writeStatistic(1, tag: total, PageAllocator.total * pageSize)
    statistics!.describe(0, statisticsPlace, count: 20, deviceWrites: false, isLast: true)
    statistics!.handOver()
    device!.notify(statistics!)
  }

  /// A tag of 16 bits, and right behind it a value of 64.
  private static func writeStatistic(_ index: Int, tag: UInt64, _ value: UInt64) {
    let place = statisticsPlace.pointer + index * 10
    place.storeBytes(of: UInt16(truncatingIfNeeded: tag), as: UInt16.self)
    (place + 2).storeBytes(of: value, as: UInt64.self)
  }
}

/// Where the process of the balloon begins.
@c(balloon_main) func balloonMain() { Balloon.run() }
