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
      balloon = VirtioBalloon(target: target, deflatesOnOutOfMemory: true, port: port)
      driver = try VirtioDriver(balloon, memorySize: memorySize)
      self.port = port
      try driver.initialize(features: features, queues: 3)
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
    #expect(try device.word(0x10) & 0xff == 0b111)
    #expect(try device.word(0x100) == 0x1234 && device.word(0x104) == 0)
    // Only `actual` is the driver's to write, by whatever width.
    try device.setWord(0xffff_ffff, 0x100)
    try device.setWord(7, 0x104)
    #expect(try device.word(0x100) == 0x1234 && device.word(0x104) == 7 && guest.balloon.actual == 7)
    try device.setByte(1, 0x105)
    try device.setWord(0xffff_ffff, 0x108)
    #expect(guest.balloon.actual == 0x107)
    #expect(VirtioBalloon(target: 0, deflatesOnOutOfMemory: false, port: guest.port).features == 0b011)
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
    // RAM stays as it is.
    #expect(guest.driver.memory.load(.init(VirtioDriver.buffers), as: UInt32.self) == first + 255)
    try guest.driver.device.setWord(0, 0x70)
    #expect(balloon.pages.count == 0 && balloon.inflatedCount == 0 && balloon.strayCount == 0)
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
    // Of three bytes no number can be read, and nothing is to be read in what the device may write.
    for isWritable in [false, true] {
      guest.driver.offer([.init(address: memory.base, count: isWritable ? 4096 : 3, isWritable: isWritable)])
      try guest.driver.notify()
    }
    #expect(UInt64(balloon.pages.count) + balloon.strayCount + balloon.repeatedCount == looked)
    #expect(guest.driver.usedIndex() == 3 && !guest.driver.needsReset)
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

  @Test("A statistics buffer that is kept is forgotten with its queue and with the driver")
  func forgotten() throws {
    let guest = try Guest()
    try guest.tell([(4, 1000)])
    try guest.driver.device.setWord(2, 0x30)
    try guest.driver.device.setWord(0, 0x44)
    try guest.driver.device.setWord(1, 0x104)
    #expect(guest.driver.usedIndex(2) == 0)
    try guest.driver.initialize(queues: 3)
    #expect(guest.balloon.statistics.isEmpty)
    try guest.driver.device.setWord(1, 0x104)
    try guest.tell([(4, 3000)])
    #expect(guest.balloon.statistics == [BalloonStatistic(tag: 4, value: 3000)])
  }

  @Test("A driver that breaks the protocol makes the device ask for a reset")
  func broken() throws {
    for queue in 0..<3 {
      let guest = try Guest()
      guest.driver.offer([.init(address: 0x1000, count: 4, isWritable: false)], queue: queue)
      try guest.driver.notify(queue)
      #expect(guest.driver.needsReset && guest.balloon.pages.count == 0)
      try guest.driver.device.setWord(1, 0x104)
      try guest.driver.initialize(queues: 3)
      try guest.name([Guest.firstPage])
      #expect(guest.balloon.pages.count == 1)
    }
  }
}
