import Machine
import RISCV
import Testing

@Suite("Hostile virtio drivers")
struct VirtioHostileTests {
  private static let ram: UInt64 = 0x8000_0000
  private static let size: UInt64 = 1 << 20

  private func console() throws -> VirtioDriver { try VirtioDriver(VirtioConsole()) }

  @Test("A queue of a bad size, alignment or place makes the device ask for a reset")
  func badQueues() throws {
    let end = Self.ram + Self.size
    let good = (size: UInt64(16), descriptors: Self.ram, available: Self.ram + 0x4000, used: Self.ram + 0x8000)
    var bad = [(UInt64, UInt64, UInt64, UInt64)]()
    for size: UInt64 in [0, 3, 512, 0x8000, 0xffff_ffff] { bad.append((size, good.1, good.2, good.3)) }
    for address in [8, 0, 0x1000_0000, end, end - 16, .max, .max - 15, 1 << 63] {
      bad.append((good.0, address, good.2, good.3))
      bad.append((good.0, good.1, address | 1, good.3))
      bad.append((good.0, good.1, good.2, address | 2))
    }
    for queue in bad {
      let driver = try console()
      try driver.device.setWord(15, 0x70)
      try driver.setUp(1, size: queue.0, queue.1, queue.2, queue.3)
      #expect(driver.needsReset, "\(queue)")
      #expect(try driver.device.word(0x44) == 0)
      try driver.notify(1)
    }
  }

  @Test("Loops, strays, backward orders and absurd lengths in descriptors make the device ask for a reset")
  func badChains() throws {
    let buffers = VirtioDriver.buffers
    // Address, length, flags and next of descriptors 0, 1, …
    let chains: [[(UInt64, UInt32, UInt16, UInt16)]] = [
      [(buffers, 1, 1, 0)],  // points at itself
      [(buffers, 1, 1, 1), (buffers, 1, 1, 0)],  // a loop of two
      [(buffers, 1, 1, 16)],  // out of the table
      [(buffers, 1, 1, 0xffff)],
      [(0x1000_0000, 1, 0, 0)],  // a device
      [(Self.ram + Self.size - 1, 2, 0, 0)],  // over the end of RAM
      [(.max, 2, 0, 0)],  // around the end of the address space
      [(.max - 0xffff_fffe, 0xffff_ffff, 0, 0)],
      [(buffers, 0xffff_ffff, 0, 0)],
      [(buffers, 1, 3, 1), (buffers, 1, 0, 0)],  // readable after writable
      [(Self.ram, UInt32(Self.size), 1, 1), (buffers, 1, 0, 0)],  // longer than RAM
      [(buffers, 16, 5, 1), (buffers, 1, 0, 0)],  // indirect with a successor
      [(buffers, 0, 4, 0)],  // indirect tables of bad lengths
      [(buffers, 8, 4, 0)],
      [(buffers, 16 * 2000, 4, 0)],
      [(Self.ram + Self.size - 8, 16, 4, 0)],
      [(.max - 7, 16, 4, 0)],
    ]
    for chain in chains {
      let driver = try console()
      try driver.initialize(queues: 2)
      for (index, fields) in chain.enumerated() {
        driver.writeDescriptor(driver.descriptors(1), index, fields.0, fields.1, flags: fields.2, next: fields.3)
      }
      driver.offer(head: 0, queue: 1)
      try driver.notify(1)
      #expect(driver.needsReset, "\(chain)")
      #expect(driver.usedIndex(1) == 0)
    }
  }

  @Test("An indirect table may not hold another, nor loop")
  func nestedIndirect() throws {
    let (table, buffers) = (VirtioDriver.buffers, VirtioDriver.buffers + 0x1000)
    for inner: (UInt64, UInt32, UInt16, UInt16) in [(buffers, 16, 4, 0), (buffers, 1, 1, 0), (buffers, 1, 1, 9)] {
      let driver = try console()
      try driver.initialize(queues: 2)
      driver.writeDescriptor(table, 0, inner.0, inner.1, flags: inner.2, next: inner.3)
      driver.writeDescriptor(driver.descriptors(1), 0, table, 16, flags: 4, next: 0)
      driver.offer(head: 0, queue: 1)
      try driver.notify(1)
      #expect(driver.needsReset)
    }
  }

  @Test("An available index that leaps ahead, or a head outside the table, makes the device ask for a reset")
  func badRing() throws {
    for (index, head) in [(UInt16(17), UInt16(0)), (0xffff, 0), (1, 16), (1, 0xffff)] {
      let driver = try console()
      try driver.initialize(queues: 2)
      driver.memory.store(head, to: .init(driver.availableRing(1) + 4))
      driver.memory.store(index, to: .init(driver.availableRing(1) + 2))
      try driver.notify(1)
      #expect(driver.needsReset)
    }
  }

  @Test("A device that writes over its own rings comes to an end")
  func ringsInsideBuffers() throws {
    let driver = try VirtioDriver(VirtioEntropy(seed: 3))
    try driver.initialize()
    // The entropy device fills the available ring, index and all.
    for _ in 0..<100 {
      for index in 0..<16 {
        driver.writeDescriptor(driver.descriptors(0), index, driver.availableRing(0), 36, flags: 2, next: 0)
      }
      driver.offer(head: 0)
      try driver.notify()
      for _ in 0..<10 { driver.device.clockReached() }
      if driver.needsReset { try driver.initialize() }
    }
  }

  @Test("A ring that feeds itself is served a bounded piece at a time")
  func ringThatFeedsItself() throws {
    // Each sector holds the header of the next request and an available index that is one further.
    let sectors = 1000
    var image: [UInt8] = []
    for sector in 0..<sectors {
      for field in [0, UInt64(sector) + 1, UInt64(sector) + 2] { image.append(littleEndian: field) }
      image += [UInt8](repeating: 0, count: 512 - 24)
    }
    let folder = try TemporaryFolder()
    let path = try folder.write(image, to: "disk.img")
    let driver = try VirtioDriver(VirtioBlock(try DiskImage(.init(path)), identity: "x"))
    try driver.initialize()
    driver.writeHeader(type: 0, sector: 0)
    driver.offer([
      .init(address: VirtioDriver.buffers, count: 16, isWritable: false),
      .init(address: VirtioDriver.buffers, count: 16, isWritable: true),
      .init(address: driver.availableRing(0) + 2, count: 2, isWritable: true),
      .init(address: VirtioDriver.buffers + 0x1000, count: 512 - 18 + 1, isWritable: true),
    ])
    try driver.notify()
    #expect(driver.usedIndex() == 256)
    driver.device.clockReached()
    #expect(driver.usedIndex() == 512)
    for _ in 0..<5 { driver.device.clockReached() }
    // The request for the sector after the last one fails, and nothing moves the index on.
    #expect(driver.usedIndex() == 1001)
    #expect(driver.device.dueClock == .max)
  }

  /// A network device which sends a frame to everybody each time its descriptor 0 is offered.
  private func honestSender() throws -> (VirtioDriver, NetworkPort) {
    let device = VirtioNetwork(address: MACAddress(device: 1))
    let driver = try VirtioDriver(device)
    try driver.initialize(queues: 2)
    let frame = [UInt8](repeating: 0xff, count: 6) + device.address.bytes + [UInt8](repeating: 9, count: 500)
    driver.memory.write([UInt8](repeating: 0, count: 12) + frame, to: .init(VirtioDriver.buffers))
    driver.offer([.init(address: VirtioDriver.buffers, count: UInt32(12 + frame.count), isWritable: false)], queue: 1)
    return (driver, device.port)
  }

  @Test("Thousands of random rings neither stop the process nor hang it", arguments: 0..<4)
  func fuzz(seed: Int) throws {
    var random = Xoshiro256(seed: UInt64(seed), stream: 77)
    let folder = try TemporaryFolder()
    let path = try folder.write([UInt8](repeating: 1, count: 64 * 512), to: "disk.img")
    let port = FakePort()
    let functions: [() throws -> any VirtioFunction] = [
      { VirtioConsole() }, { VirtioEntropy(seed: 1) },
      { VirtioBlock(try DiskImage(.init(path), overlayLimit: 1 << 16), identity: "x") },
      { VirtioNetwork(address: MACAddress(device: 0)) },
      { VirtioBalloon(target: 9, deflatesOnOutOfMemory: true, reportsFreePages: true, port: port) },
    ]
    let (sender, senderPort) = try honestSender()
    for round in 0..<1500 {
      let driver = try VirtioDriver(try functions[round % functions.count]())
      if let console = driver.device.function as? VirtioConsole {
        console.input.send([UInt8](repeating: 9, count: 100))
        console.input.clockReached(0)
      }
      let network = NetworkSwitch()
      if let device = driver.device.function as? VirtioNetwork {
        network.connect(senderPort)
        network.connect(device.port)
        for _ in 0..<3 {
          sender.offer(head: 0, queue: 1)
          try sender.notify(1)
        }
      }
      try driver.initialize(queues: 1)
      if driver.device.function is VirtioBalloon { try driver.shareQueue(with: 1...4) }
      let hostile = HostileRing(driver: driver)
      hostile.fill(&random)
      for queue in 0..<5 { try driver.notify(queue) }
      for _ in 0..<3 { driver.device.clockReached() }
      // Random registers, too.
      for _ in 0..<20 {
        let word = random.next()
        try driver.device.setWord(hostile.value(&random) & 0xffff_ffff, (word & 0x1ff) & ~3)
        _ = try driver.device.word((word >> 16 & 0x1ff) & ~3)
      }
      try driver.notify()
    }
    withExtendedLifetime(port) {}
  }
}

/// Fills a queue with what looks almost right.
private struct HostileRing {
  let driver: VirtioDriver

  /// A number near a border, or any.
  func value(_ random: inout Xoshiro256) -> UInt64 {
    let near: [UInt64] = [0, 1, 2, 16, 256, 0x8000_0000, 0x8010_0000, 0x8004_0000, 0xffff, 0xffff_ffff, .max]
    let choice = random.next()
    let base = near[Int(choice & 0xff) % near.count]
    return choice >> 8 & 3 == 0 ? random.next() : base &+ (choice >> 16 & 7) &- (choice >> 24 & 3)
  }

  func fill(_ random: inout Xoshiro256) {
    for index in 0..<16 {
      let choice = random.next()
      let isSane = choice & 3 != 0
      let address = isSane ? VirtioDriver.buffers + (choice >> 8 & 0xffff) : value(&random)
      let count = isSane ? choice >> 24 & 0x3ff : value(&random)
      let flags = UInt16(truncatingIfNeeded: choice >> 40 & 7)
      let next = UInt16(truncatingIfNeeded: choice >> 48 & (isSane ? 15 : 0xffff))
      driver.writeDescriptor(
        driver.descriptors(0), index, address, UInt32(truncatingIfNeeded: count), flags: flags, next: next)
      // Indirect tables find descriptors, and block devices find headers, among the buffers.
      driver.writeDescriptor(
        VirtioDriver.buffers, Int(choice >> 8 & 0xfff), address, UInt32(truncatingIfNeeded: count),
        flags: flags & 3, next: next)
    }
    for place in 0..<16 {
      let head = UInt16(truncatingIfNeeded: random.next() & (random.next() & 15 == 0 ? 0xffff : 15))
      driver.memory.store(head, to: .init(driver.availableRing(0) + 4 + 2 * UInt64(place)))
    }
    let index = random.next() & 7 == 0 ? value(&random) : random.next() & 15
    driver.memory.store(UInt16(truncatingIfNeeded: index), to: .init(driver.availableRing(0) + 2))
  }
}
