import Machine
import RISCV
import Testing

@Suite("Network devices and the switch between them")
struct NetworkTests {
  /// A device with a driver, on a switch.
  private struct Station {
    let device: VirtioNetwork
    let driver: VirtioDriver

    init(_ number: Int, on network: NetworkSwitch?) throws {
      device = VirtioNetwork(address: MACAddress(device: number))
      driver = try VirtioDriver(device)
      try driver.initialize(queues: 2)
      network?.connect(device.port)
    }

    /// Sends a frame of `count` bytes from here to an address.
    func send(to destination: MACAddress, count: Int = 60, from source: MACAddress? = nil) throws {
      let bytes = destination.bytes + (source ?? device.address).bytes + [UInt8](repeating: 0x5a, count: count - 12)
      driver.memory.write([UInt8](repeating: 0, count: 12) + bytes, to: .init(VirtioDriver.buffers))
      driver.offer(
        [.init(address: VirtioDriver.buffers, count: UInt32(12 + count), isWritable: false)],
        queue: 1)
      try driver.notify(1)
    }

    /// Offers a buffer, and gives the bytes that came into it; nil when none did.
    func receive(size: UInt32 = 1530) throws -> [UInt8]? {
      let before = driver.usedIndex(0)
      let place = VirtioDriver.buffers + 0x1000
      driver.offer([.init(address: place, count: size, isWritable: true)])
      try driver.notify(0)
      guard driver.usedIndex(0) != before else { return nil }
      return driver.memory.read(.init(place), count: Int(driver.used(before).length))
    }
  }

  private static let everybody = MACAddress(0xffff_ffff_ffff)

  @Test("The device tells its address and that the link is up")
  func configuration() throws {
    let station = try Station(1, on: nil)
    let bytes = try (0..<8).map { try station.driver.device.read(offset: 0x100 + $0, width: .byte) }
    #expect(bytes == [0x52, 0x54, 0x00, 0x12, 0x34, 0x57, 1, 0])
    #expect(station.device.address.description == "52:54:00:12:34:57")
  }

  @Test("A frame for everybody goes to all others; one for a known address to its port alone")
  func learning() throws {
    let network = NetworkSwitch()
    let stations = try (0..<3).map { try Station($0, on: network) }
    try stations[0].send(to: Self.everybody)
    #expect(try stations[0].receive() == nil)
    for station in stations[1...] {
      let bytes = try #require(try station.receive())
      #expect(bytes.count == 12 + 60 && bytes[10] == 1, "num_buffers is 1")
      #expect(Array(bytes[18..<24]) == stations[0].device.address.bytes)
    }
    try stations[1].send(to: stations[0].device.address)
    #expect(try stations[0].receive() != nil)
    #expect(stations[2].device.port.receivedCount == 1, "only the first")
    // Nobody has said anything from this address yet: everybody gets it.
    try stations[0].send(to: stations[2].device.address)
    #expect(stations[2].driver.usedIndex(0) == 1)
    #expect(try stations[2].receive() != nil)
  }

  @Test("Frames of a bad size are dropped, and so are those that no buffer or queue holds")
  func dropped() throws {
    let network = NetworkSwitch()
    let stations = try (0..<2).map { try Station($0, on: network) }
    try stations[0].send(to: Self.everybody, count: 13)
    try stations[0].send(to: Self.everybody, count: 1519)
    #expect(stations[0].device.port.droppedCount == 2 && network.forwardedCount == 0)
    try stations[0].send(to: Self.everybody, count: 1518)
    let before = stations[1].driver.usedIndex(0)
    #expect(try stations[1].receive(size: 100)?.isEmpty == true, "the buffer comes back empty")
    #expect(stations[1].driver.usedIndex(0) == before + 1)
    for _ in 0..<NetworkPort.capacity + 10 { try stations[0].send(to: Self.everybody) }
    #expect(stations[1].device.port.droppedCount == 11)
    #expect(!stations[1].driver.needsReset)
  }

  @Test("A sender that makes up addresses cannot fill the switch's table without end")
  func flood() throws {
    let network = NetworkSwitch()
    let stations = try (0..<2).map { try Station($0, on: network) }
    for number in 0..<3000 {
      try stations[0].send(to: Self.everybody, from: MACAddress(0x0200_0000_0000 + UInt64(number)))
    }
    try stations[1].send(to: stations[0].device.address)
    #expect(try stations[0].receive() != nil)
  }

  @Test("A loose cable takes frames and brings none")
  func loose() throws {
    let station = try Station(0, on: nil)
    try station.send(to: Self.everybody)
    #expect(station.driver.usedIndex(1) == 1 && station.device.port.sentCount == 1)
    #expect(try station.receive() == nil)
  }

  @Test("Disks and network devices share six slots")
  func slots() throws {
    var configuration = MachineConfiguration()
    configuration.networkDevices = (0..<6).map { .init(address: MACAddress(device: $0)) }
    try configuration.validate()
    configuration.disks = [.init(path: "nothing.img")]
    #expect(throws: MachineError.self) { try configuration.validate() }
  }

  @Test("The header before a frame has 12 bytes, or 10 for a driver that has not accepted VERSION_1")
  func headers() throws {
    for (features, size): (UInt64, Int) in [(.max, 12), (1 << 5, 10)] {
      let network = NetworkSwitch()
      let stations = try (0..<2).map { try Station($0, on: network) }
      let receiver = stations[1].driver
      try receiver.initialize(features: features, queues: 2)
      try stations[0].send(to: Self.everybody)
      let bytes = try #require(try stations[1].receive())
      #expect(bytes.count == size + 60)
      #expect(Array(bytes[size..<size + 12]) == Self.everybody.bytes + stations[0].device.address.bytes)
      // And back: what it sends begins behind the same header.
      let frame = stations[0].device.address.bytes + stations[1].device.address.bytes + [UInt8](repeating: 7, count: 48)
      receiver.memory.write([UInt8](repeating: 0, count: size) + frame, to: .init(VirtioDriver.buffers))
      receiver.offer(
        [.init(address: VirtioDriver.buffers, count: UInt32(size + 60), isWritable: false)], queue: 1)
      try receiver.notify(1)
      #expect(try stations[0].receive()?.dropFirst(12) == frame[...])
    }
  }

  @Test("Addresses are read and written", arguments: ["52:54:00:12:34:56", "02:00:00:00:00:ff"])
  func addresses(text: String) throws {
    #expect(MACAddress(parsing: text)?.description == text)
    for bad in ["", "1:2:3:4:5", "1:2:3:4:5:6:7", "1:2:3:4:5:", "52:54:00:12:34:5g", "+1:2:3:4:5:6", "525:4:0:1:2:3"] {
      #expect(MACAddress(parsing: bad) == nil)
    }
  }
}
