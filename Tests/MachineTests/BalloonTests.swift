import Machine
import RISCV
import Testing

@Suite("The memory balloon")
struct BalloonTests {
  /// A driver of the balloon, after its set-up.
  private struct Guest {
    let balloon: VirtioBalloon
    let driver: VirtioDriver
    static let firstPage: UInt32 = 0x8_0000

    init(target: UInt32 = 0, memorySize: UInt64 = 1 << 20, features: UInt64 = .max) throws {
      // The slot's port is the test's; the balloon asks it for the clock alone.
      let port = FakePort()
      balloon = VirtioBalloon(target: target, deflatesOnOutOfMemory: true, reportsFreePages: true, port: port)
      driver = try VirtioDriver(balloon, memorySize: memorySize)
      self.port = port
      // Queues of the driver lie in RAM below its buffers, 64 KiB each: there is room for four.
      try driver.initialize(features: features, queues: 4)
    }
    let port: FakePort

    /// Names pages in one request, as Linux does: an array of 32-bit numbers.
    func name(_ pages: [UInt32], queue: Int = VirtioBalloon.inflateQueue) throws {
      for (index, page) in pages.enumerated() {
        driver.memory.store(page, to: .init(VirtioDriver.buffers + 4 * UInt64(index)))
      }
      driver.offer(
        [.init(address: VirtioDriver.buffers, count: UInt32(4 * pages.count), isWritable: false)], queue: queue)
      try driver.notify(queue)
    }

    /// Reports stretches of RAM as free, as Linux does: buffers that the device may write.
    func report(_ stretches: [(address: UInt64, count: UInt32)], queue: Int = 3) throws {
      driver.offer(stretches.map { .init(address: $0.address, count: $0.count, isWritable: true) }, queue: queue)
      try driver.notify(queue)
    }

    func tell(_ statistics: [(tag: UInt16, value: UInt64)]) throws {
      let place = VirtioDriver.buffers + 0x1_0000
      for (index, statistic) in statistics.enumerated() {
        driver.memory.store(statistic.tag, to: .init(place + 10 * UInt64(index)))
        driver.memory.store(statistic.value, to: .init(place + 10 * UInt64(index) + 2))
      }
      driver.offer(
        [.init(address: place, count: UInt32(10 * statistics.count), isWritable: false)],
        queue: VirtioBalloon.statisticsQueue)
      try driver.notify(VirtioBalloon.statisticsQueue)
    }
  }

  @Test("It is device 5, with its features, and its configuration says how many pages are wanted")
  func configuration() throws {
    let guest = try Guest(target: 0x1234)
    let device = guest.driver.device
    #expect(try device.word(8) == 5)
    try device.setWord(0, 0x14)
    #expect(try device.word(0x10) & 0xff == 0b11_0111)
    #expect(try device.word(0x100) == 0x1234 && device.word(0x104) == 0)
    // Only `actual` is the driver's to write, by whatever width.
    try device.setWord(0xffff_ffff, 0x100)
    try device.setWord(7, 0x104)
    #expect(try device.word(0x100) == 0x1234 && device.word(0x104) == 7 && guest.balloon.actual == 7)
    try device.setByte(1, 0x105)
    try device.setWord(0xffff_ffff, 0x108)
    #expect(guest.balloon.actual == 0x107)
    let less = VirtioBalloon(target: 0, deflatesOnOutOfMemory: false, reportsFreePages: false, port: guest.port)
    #expect(less.features == 0b011 && less.queueCount == 3)
  }

  @Test("Pages are given up and taken back, and what changes nothing is counted apart")
  func pages() throws {
    let guest = try Guest()
    let (first, balloon) = (Guest.firstPage, guest.balloon)
    try guest.name([first, first + 5, first + 255])
    #expect(balloon.pages.count == 3 && balloon.inflatedCount == 3)
    #expect(balloon.pages.contains(5) && balloon.pages.contains(255) && !balloon.pages.contains(6))
    #expect(guest.driver.interrupt && guest.driver.usedIndex() == 1 && guest.driver.used(0).length == 0)
    try guest.name([first + 5, first + 6], queue: VirtioBalloon.deflateQueue)
    #expect(balloon.pages.count == 2 && balloon.deflatedCount == 1 && balloon.repeatedCount == 1)
    // The guest gives the same page twice, and pages that are none: below RAM, beyond it, and far away.
    try guest.name([first + 255, first + 256, first - 1, 0, .max, first + 7])
    #expect(balloon.pages.count == 3 && balloon.inflatedCount == 4)
    #expect(balloon.repeatedCount == 2 && balloon.strayCount == 4)
    #expect(!guest.driver.needsReset)
    try guest.driver.device.setWord(0, 0x70)
    #expect(balloon.pages.count == 0 && balloon.inflatedCount == 0 && balloon.strayCount == 0)
  }

  @Test("The content of a page that is given up is gone, each time that it is; one that is taken back stays as it is")
  func contents() throws {
    let guest = try Guest()
    let (memory, page) = (guest.driver.memory, VirtioDriver.buffers + 0x8000)
    let number = UInt32(page / 4096)
    memory.write([UInt8](repeating: 7, count: 3 * 4096), to: .init(page - 4096))
    for queue in [VirtioBalloon.inflateQueue, 0, VirtioBalloon.deflateQueue, 0] {
      memory.store(UInt64(5), to: .init(page + 8))
      try guest.name([number, 3], queue: queue)
      #expect(memory.load(.init(page + 8), as: UInt64.self) == (queue == 0 ? 0 : 5))
    }
    #expect(memory.read(.init(page), count: 4096)?.allSatisfy { $0 == 0 } == true)
    // Its neighbours have what they had.
    for place in [page - 1, page + 4096] { #expect(memory.load(.init(place), as: UInt8.self) == 7) }
    // A guest that names the page on which its numbers lie has them read first; one that names its rings has lost them.
    try guest.name([UInt32(VirtioDriver.buffers / 4096), number + 1])
    #expect(guest.balloon.pages.count == 3)
    #expect(memory.load(.init(VirtioDriver.buffers + 4), as: UInt32.self) == 0)
    let rings = UInt32(guest.driver.availableRing(0) / 4096)
    try guest.name([rings, UInt32(guest.driver.usedRing(0) / 4096), UInt32(guest.driver.descriptors(0) / 4096)])
    for _ in 0..<3 { try guest.driver.notify() }
    #expect(guest.driver.needsReset && guest.balloon.pages.count == 6)
  }

  @Test(
    "Pages reported free are dropped, whole ones only; the guest may use them again without a word", arguments: 3...4)
  func reports(queue: Int) throws {
    let guest = try Guest()
    let (driver, balloon, page) = (guest.driver, guest.balloon, VirtioDriver.buffers + 0x8000)
    let (descriptors, rings) = (driver.descriptors(3), (driver.availableRing(3), driver.usedRing(3)))
    try driver.setUp(queue, size: 16, descriptors, rings.0, rings.1)
    driver.memory.write([UInt8](repeating: 7, count: 6 * 4096), to: .init(page))
    // Two pages, then one page and a half from the middle of one on.
    driver.offer(
      [
        .init(address: page, count: 8192, isWritable: true),
        .init(address: page + 0x2800, count: 0x1800, isWritable: true),
      ], queue: 3)
    try driver.notify(queue)
    #expect(balloon.reportedCount == 3 && balloon.strayCount == 1 && balloon.pages.count == 0)
    let pages = (0..<6).map { driver.memory.load(.init(page + 4096 * $0), as: UInt8.self) }
    #expect(pages == [0, 0, 7, 0, 7, 7])
    #expect(driver.usedIndex(3) == 1 && driver.used(0, queue: 3).length == 0 && driver.interrupt)
    // What the device may only read is nothing free, and a report of all RAM takes the rings with it.
    driver.offer([.init(address: page + 0x4000, count: 4096, isWritable: false)], queue: 3)
    try driver.notify(queue)
    #expect(balloon.reportedCount == 3 && driver.memory.load(.init(page + 0x4000), as: UInt8.self) == 7)
    driver.offer([.init(address: driver.memory.base, count: UInt32(driver.memory.size), isWritable: true)], queue: 3)
    try driver.notify(queue)
    #expect(balloon.reportedCount == 3 + driver.memory.size / 4096)
    #expect(driver.memory.load(.init(page + 0x4000), as: UInt8.self) == 0)
  }

  @Test("Where the driver fills free pages with something, reported ones keep it")
  func poison() throws {
    let page = VirtioDriver.buffers + 0x8000
    for (features, isKept) in [(UInt64.max, true), (.max & ~(1 << 4), false)] {
      let guest = try Guest(features: features)
      let (memory, device) = (guest.driver.memory, guest.driver.device)
      // Linux writes it between its queues and DRIVER_OK.
      try device.setWord(0, 0x70)
      try device.setWord(0xaaaa_aaaa, 0x10c)
      #expect(try device.word(0x10c) == 0xaaaa_aaaa && device.word(0x108) == 0)
      try guest.driver.initialize(features: features, queues: 4)
      try device.setWord(0xaaaa_aaaa, 0x10c)
      memory.store(UInt64(9), to: .init(page))
      try guest.report([(page, 4096)])
      #expect(memory.load(.init(page), as: UInt64.self) == (isKept ? 9 : 0) && guest.balloon.reportedCount == 1)
      // What is given up is gone all the same: the driver has to fill it when it gets it back.
      try guest.name([UInt32(page / 4096)])
      #expect(memory.load(.init(page), as: UInt64.self) == 0)
    }
  }

  @Test("A request as long as RAM comes to an end, and no more than RAM's pages are looked at")
  func giant() throws {
    let guest = try Guest(memorySize: 4 << 20)
    let memory = guest.driver.memory
    guest.driver.offer([.init(address: memory.base, count: UInt32(memory.size), isWritable: false)])
    try guest.driver.notify()
    let balloon = guest.balloon
    let looked = UInt64(balloon.pages.count) + balloon.strayCount + balloon.repeatedCount
    #expect(looked == memory.size / 4 && balloon.strayCount >= memory.size / 4 - 1024)
    #expect(!guest.driver.needsReset && guest.driver.usedIndex() == 1)
    // Of three bytes no number can be read, and nothing is to be read in what the device may write.
    for isWritable in [false, true] {
      guest.driver.offer([.init(address: memory.base, count: isWritable ? 4096 : 3, isWritable: isWritable)])
      try guest.driver.notify()
    }
    #expect(UInt64(balloon.pages.count) + balloon.strayCount + balloon.repeatedCount == looked)
    #expect(guest.driver.usedIndex() == 3 && !guest.driver.needsReset)
  }

  @Test("What is on offer can be looked at without being taken, and so can where the driver says so")
  func offered() throws {
    let guest = try Guest()
    let (driver, slot) = (guest.driver, guest.driver.device)
    #expect(slot.offered(queue: 0).isEmpty && slot.offered(queue: 9).isEmpty && slot.availableIndex(queue: 9) == nil)
    #expect(slot.availableIndex(queue: 0) == driver.availableRing(0) + 2)
    driver.memory.store(Guest.firstPage + 9, to: .init(VirtioDriver.buffers))
    driver.offer([.init(address: VirtioDriver.buffers, count: 4, isWritable: false)])
    var numbers: [UInt64] = []
    for _ in 0..<2 {
      for chain in slot.offered(queue: 0) {
        VirtioBalloon.forEachNumber(chain, driver.memory) { numbers.append($0) }
      }
    }
    #expect(numbers == [UInt64](repeating: UInt64(Guest.firstPage + 9), count: 2) && guest.balloon.pages.count == 0)
    try driver.notify()
    #expect(slot.offered(queue: 0).isEmpty && guest.balloon.pages.count == 1)
  }

  @Test("Statistics stay with the device until new ones are wanted")
  func statistics() throws {
    let guest = try Guest()
    guest.port.clock = 77
    try guest.tell([(4, 1000), (5, 1 << 40), (2, .max), (999, 3)])
    #expect(guest.balloon.statistics.map(\.name) == ["free memory", "total memory", "major faults", "statistic 999"])
    #expect(guest.balloon.statistics.map(\.value) == [1000, 1 << 40, .max, 3])
    #expect(guest.balloon.statisticsClock == 77)
    #expect(guest.driver.usedIndex(2) == 0 && !guest.driver.interrupt)
    // A second buffer waits while the device has the first.
    try guest.tell([(4, 2000)])
    #expect(guest.balloon.statistics.count == 4 && guest.driver.usedIndex(2) == 0)
    // The driver has moved pages: the first buffer goes back, the second is read.
    try guest.driver.device.setWord(3, 0x104)
    #expect(guest.balloon.statistics == [BalloonStatistic(tag: 4, value: 2000)])
    #expect(guest.driver.usedIndex(2) == 1 && guest.driver.interrupt)
    // More than any driver has to tell: what is kept is bounded.
    try guest.driver.device.setWord(3, 0x104)
    try guest.tell((0..<500).map { (UInt16($0), UInt64($0)) })
    #expect(guest.balloon.statistics.count == 64)
  }

  @Test("A queue that is notified before the driver is ready is served once it is, as Linux has it with its statistics")
  func early() throws {
    let guest = try Guest()
    let device = guest.driver.device
    try device.setWord(0, 0x70)
    try device.setWord(3, 0x70)
    try guest.driver.setUp(
      2, size: 16, guest.driver.descriptors(2), guest.driver.availableRing(2), guest.driver.usedRing(2))
    try guest.tell([(4, 1000)])
    #expect(guest.balloon.statistics.isEmpty)
    try device.setWord(15, 0x70)
    #expect(guest.balloon.statistics == [BalloonStatistic(tag: 4, value: 1000)] && !guest.driver.interrupt)
    // What was notified before a reset is not.
    try device.setWord(0, 0x70)
    try device.setWord(15, 0x70)
    #expect(guest.balloon.statistics.isEmpty)
  }

  @Test("A statistics buffer that is kept is forgotten with its queue and with the driver")
  func forgotten() throws {
    let guest = try Guest()
    try guest.tell([(4, 1000)])
    try guest.driver.device.setWord(2, 0x30)
    try guest.driver.device.setWord(0, 0x44)
    try guest.driver.device.setWord(1, 0x104)
    #expect(guest.driver.usedIndex(2) == 0)
    try guest.driver.initialize(queues: 4)
    #expect(guest.balloon.statistics.isEmpty)
    try guest.driver.device.setWord(1, 0x104)
    try guest.tell([(4, 3000)])
    #expect(guest.balloon.statistics == [BalloonStatistic(tag: 4, value: 3000)])
  }

  @Test("A driver that breaks the protocol makes the device ask for a reset")
  func broken() throws {
    for queue in 0..<4 {
      let guest = try Guest()
      guest.driver.offer([.init(address: 0x1000, count: 4, isWritable: false)], queue: queue)
      try guest.driver.notify(queue)
      #expect(guest.driver.needsReset && guest.balloon.pages.count == 0)
      try guest.driver.device.setWord(1, 0x104)
      try guest.driver.initialize(queues: 4)
      try guest.name([Guest.firstPage])
      #expect(guest.balloon.pages.count == 1)
    }
  }
}
