import Machine
import RISCV
import Testing

@Suite("The virtio transport")
struct VirtioTransportTests {
  private final class Null: VirtioFunction {
    let name = "null"
    let deviceID: UInt32 = 99
    let features: UInt64 = 1 << 5
    let queueCount = 1
    var served = 0
    var configuration: [UInt8] { [0x11, 0x22, 0x33, 0x44, 0x55] }
    func serve(_ chain: VirtioChain, queue: Int, memory: PhysicalMemory) throws(VirtioFault) -> UInt32 {
      served += 1
      return 0
    }
  }

  @Test("It identifies itself as version 2, by QEMU's vendor, which xv6 insists on")
  func identity() throws {
    let driver = try VirtioDriver(Null())
    #expect(try [0, 4, 8, 0xc].map { try driver.device.word($0) } == [0x7472_6976, 2, 99, 0x554d_4551])
    #expect(try driver.device.word(0x34) == 256)
    try driver.device.setWord(1, 0x30)
    #expect(try driver.device.word(0x34) == 0)
    #expect(try driver.device.word(0x100) == 0x4433_2211)
    #expect(try driver.device.read(offset: 0x104, width: .byte) == 0x55)
    #expect(try driver.device.read(offset: 0x100, width: .double) == 0x55_4433_2211)
    #expect(throws: DeviceFault.self) { try driver.device.byte(0) }
  }

  @Test("An empty slot has device identity 0 and does nothing")
  func emptySlot() throws {
    let driver = try VirtioDriver(nil)
    #expect(try driver.device.word(0) == 0x7472_6976)
    #expect(try driver.device.word(8) == 0)
    for offset in stride(from: UInt64(0), to: 0x1000, by: 4) {
      try driver.device.setWord(0xffff_ffff, offset)
      _ = try driver.device.word(offset)
    }
    #expect(try driver.device.word(0x70) == 0)
  }

  @Test("Features that were not offered are not accepted")
  func features() throws {
    let driver = try VirtioDriver(Null())
    try driver.device.setWord(3, 0x70)
    try driver.device.setWord(1 << 6, 0x20)
    try driver.device.setWord(11, 0x70)
    #expect(driver.status == 3)
    try driver.device.setWord(1 << 5, 0x20)
    try driver.device.setWord(11, 0x70)
    #expect(driver.status == 11)
  }

  @Test("A driver without VERSION_1, such as xv6's, is served")
  func withoutVersion1() throws {
    let null = Null()
    let driver = try VirtioDriver(null)
    try driver.initialize(features: 0)
    driver.offer([.init(address: VirtioDriver.buffers, count: 1, isWritable: false)])
    try driver.notify()
    #expect(null.served == 1)
  }

  @Test("A used buffer interrupts until it is acknowledged, unless the driver does not want that")
  func interrupts() throws {
    let driver = try VirtioDriver(Null())
    try driver.initialize()
    driver.offer([.init(address: VirtioDriver.buffers, count: 1, isWritable: false)])
    try driver.notify()
    #expect(driver.interrupt)
    #expect(try driver.device.word(0x60) == 1)
    try driver.device.setWord(1, 0x64)
    #expect(!driver.interrupt)

    driver.memory.store(UInt16(1), to: .init(driver.availableRing(0)))
    driver.offer([.init(address: VirtioDriver.buffers, count: 1, isWritable: false)])
    try driver.notify()
    #expect(driver.usedIndex() == 2)
    #expect(!driver.interrupt)
  }

  @Test("Nothing is served before DRIVER_OK, after a reset, or in a queue that is not ready")
  func notReady() throws {
    let null = Null()
    let driver = try VirtioDriver(null)
    try driver.initialize()
    driver.offer([.init(address: VirtioDriver.buffers, count: 1, isWritable: false)])
    try driver.device.setWord(0, 0x70)
    try driver.notify()
    try driver.notify(7)
    try driver.device.setWord(15, 0x70)
    try driver.notify()
    #expect(null.served == 0)
    #expect(try driver.device.word(0x44) == 0)
  }

  @Test("A ring longer than one run goes on at the next turn border")
  func deferredWork() throws {
    let null = Null()
    let driver = try VirtioDriver(null, memorySize: 32 << 20)
    try driver.initialize()
    // Each request moves half of what one run may.
    for _ in 0..<5 { driver.offer([.init(address: 0x8010_0000, count: 8 << 20, isWritable: false)]) }
    try driver.notify()
    #expect(null.served == 2)
    #expect(driver.device.dueClock == 1000)
    driver.device.clockReached()
    #expect(null.served == 4)
    driver.device.clockReached()
    #expect(null.served == 5)
    #expect(driver.device.dueClock == .max)
    #expect(driver.usedIndex() == 5)
  }

  @Test("Requests may come through an indirect table, if that was agreed")
  func indirect() throws {
    let null = Null()
    let driver = try VirtioDriver(null)
    try driver.initialize()
    let table = VirtioDriver.buffers
    driver.writeDescriptor(table, 0, VirtioDriver.buffers + 0x100, 4, flags: 1, next: 2)
    driver.writeDescriptor(table, 2, VirtioDriver.buffers + 0x200, 4, flags: 2, next: 0)
    driver.writeDescriptor(driver.descriptors(0), 0, table, 48, flags: 4, next: 0)
    driver.offer(head: 0)
    try driver.notify()
    #expect(null.served == 1)
    #expect(!driver.needsReset)

    try driver.initialize(features: ~(1 << 28))
    driver.writeDescriptor(driver.descriptors(0), 0, table, 48, flags: 4, next: 0)
    driver.offer(head: 0)
    try driver.notify()
    #expect(driver.needsReset)
  }
}

@Suite("Virtio devices")
struct VirtioDeviceTests {
  private static let sectors = 64

  private func disk(
    _ folder: TemporaryFolder, mode: DiskImage.Mode = .overlay
  ) throws -> (VirtioDriver, [UInt8]) {
    let bytes = (0..<Self.sectors * 512).map { UInt8(truncatingIfNeeded: $0 / 512 &* 7 &+ $0) }
    let path = try folder.write(bytes, to: "disk.img")
    let driver = try VirtioDriver(VirtioBlock(try DiskImage(.init(path), mode: mode), identity: "vitrine-disk0"))
    try driver.initialize()
    return (driver, bytes)
  }

  @Test("The block device tells its capacity, its block size and what it can do")
  func blockConfiguration() throws {
    let folder = try TemporaryFolder()
    let (driver, _) = try disk(folder, mode: .readOnly)
    #expect(try driver.device.read(offset: 0x100, width: .double) == UInt64(Self.sectors))
    #expect(try driver.device.word(0x10c) == 254)
    #expect(try driver.device.word(0x114) == 512)
    try driver.device.setWord(0, 0x14)
    #expect(try driver.device.word(0x10) == 1 << 2 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 28)
    try driver.device.setWord(1, 0x14)
    #expect(try driver.device.word(0x10) == 1)
    try driver.device.setWord(2, 0x14)
    #expect(try driver.device.word(0x10) == 0)
  }

  @Test("Sectors are read and written, and read back")
  func readWrite() throws {
    let folder = try TemporaryFolder()
    let (driver, bytes) = try disk(folder)
    var (status, data) = try driver.block(type: 0, sector: 3, readCount: 1024)
    #expect(status == 0 && data == Array(bytes[1536..<2560]))
    #expect(driver.used(0).length == 1025)
    let new = [UInt8](repeating: 0xa5, count: 512)
    (status, _) = try driver.block(type: 1, sector: 4, data: new)
    #expect(status == 0)
    (status, data) = try driver.block(type: 0, sector: 3, readCount: 1024)
    #expect(data == Array(bytes[1536..<2048]) + new)
    (status, _) = try driver.block(type: 4, sector: 0)
    #expect(status == 0)
    #expect(driver.usedIndex() == 4)
  }

  @Test("It gives its identity, and refuses what it does not know")
  func identityAndUnknown() throws {
    let folder = try TemporaryFolder()
    let (driver, _) = try disk(folder)
    let (status, data) = try driver.block(type: 8, sector: 0, readCount: 20)
    #expect(status == 0 && data == Array("vitrine-disk0".utf8) + [UInt8](repeating: 0, count: 7))
    #expect(try driver.block(type: 77, sector: 0).0 == 2)
  }

  @Test("Sectors that do not exist, parts of sectors and writes to a read-only disk are I/O errors")
  func errors() throws {
    let folder = try TemporaryFolder()
    let (driver, _) = try disk(folder)
    for sector: UInt64 in [63, 64, 1 << 55, 1 << 63, .max] {
      #expect(try driver.block(type: 0, sector: sector, readCount: 1024).0 == 1)
      #expect(try driver.block(type: 1, sector: sector, data: .init(repeating: 0, count: 1024)).0 == 1)
    }
    #expect(try driver.block(type: 0, sector: 0, readCount: 100).0 == 1)
    let (readOnly, _) = try disk(folder, mode: .readOnly)
    #expect(try readOnly.block(type: 1, sector: 0, data: .init(repeating: 0, count: 512)).0 == 1)
    #expect(!driver.needsReset && !readOnly.needsReset)
  }

  @Test("Header, data and status may be cut into any buffers")
  func anyLayout() throws {
    let folder = try TemporaryFolder()
    let (driver, bytes) = try disk(folder)
    let place = VirtioDriver.buffers
    driver.writeHeader(type: 0, sector: 5)
    driver.offer([
      .init(address: place, count: 5, isWritable: false), .init(address: place + 5, count: 11, isWritable: false),
      .init(address: place + 0x1000, count: 100, isWritable: true),
      .init(address: place + 0x2000, count: 0, isWritable: true),
      .init(address: place + 0x3000, count: 413, isWritable: true),
    ])
    try driver.notify()
    #expect(driver.memory.read(.init(place + 0x1000), count: 100) == Array(bytes[2560..<2660]))
    #expect(driver.memory.read(.init(place + 0x3000), count: 413) == Array(bytes[2660..<3072]) + [0])
  }

  @Test("A request without header or status makes the device ask for a reset, and a reset mends it")
  func malformedRequest() throws {
    let folder = try TemporaryFolder()
    let (driver, _) = try disk(folder)
    driver.offer([.init(address: VirtioDriver.buffers, count: 16, isWritable: false)])
    try driver.notify()
    #expect(driver.needsReset)
    #expect(driver.interrupt)
    #expect(try driver.device.word(0x60) == 2)
    #expect(driver.device.fields.contains { $0.name == "needs reset" })
    try driver.initialize()
    #expect(!driver.needsReset && !driver.interrupt)
    #expect(try driver.block(type: 0, sector: 0, readCount: 512).0 == 0)
  }

  @Test("The console passes output on, and hands input out as buffers come")
  func console() throws {
    let console = VirtioConsole()
    let sink = Sink()
    console.onOutput = { sink.bytes.append($0) }
    let driver = try VirtioDriver(console)
    try driver.initialize(queues: 2)
    let place = VirtioDriver.buffers
    driver.memory.write(Array("out of here\n".utf8), to: .init(place))
    driver.offer(
      [.init(address: place, count: 7, isWritable: false), .init(address: place + 7, count: 5, isWritable: false)],
      queue: 1)
    try driver.notify(1)
    #expect(sink.text == "out of here\n")

    driver.offer([.init(address: place + 0x100, count: 4, isWritable: true)])
    driver.offer([.init(address: place + 0x200, count: 64, isWritable: true)])
    try driver.notify(0)
    #expect(driver.usedIndex(0) == 0)
    console.input.send("abcdef".utf8)
    console.input.clockReached(1)
    driver.device.serve(queue: VirtioConsole.receiveQueue)
    #expect(driver.usedIndex(0) == 2)
    #expect(driver.used(0).length == 4 && driver.used(1).length == 2)
    #expect(driver.memory.read(.init(place + 0x200), count: 2) == Array("ef".utf8))
  }

  @Test("Entropy follows from the seed, and differs between seeds")
  func entropy() throws {
    func draw(seed: UInt64) throws -> [UInt8] {
      let driver = try VirtioDriver(VirtioEntropy(seed: seed))
      try driver.initialize()
      driver.offer([.init(address: VirtioDriver.buffers, count: 64, isWritable: true)])
      try driver.notify()
      #expect(driver.used(0).length == 64)
      return try #require(driver.memory.read(.init(VirtioDriver.buffers), count: 64))
    }
    #expect(try draw(seed: 1) == draw(seed: 1))
    #expect(try draw(seed: 1) != draw(seed: 2))
    #expect(Set(try draw(seed: 1)).count > 30)
  }
}
