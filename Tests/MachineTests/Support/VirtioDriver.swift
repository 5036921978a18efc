import Machine
import RISCV

/// A driver for one virtio slot, with its queues in RAM: honest as written, and as dishonest as a test makes it.
final class VirtioDriver {
  let memory: PhysicalMemory
  let port = FakePort()
  let plic: PLIC
  let device: VirtioMMIO
  /// Of each queue.
  let queueSize: UInt16 = 16
  private var available: [UInt16] = []
  private var nextDescriptor: [UInt16] = []

  static let source = 1
  private static let base: UInt64 = 0x8000_0000
  /// Where tests may put their buffers.
  static let buffers: UInt64 = 0x8004_0000

  struct Buffer {
    var address: UInt64
    var count: UInt32
    var isWritable: Bool
  }

  init(_ function: (any VirtioFunction)?, memorySize: UInt64 = 1 << 20) throws {
    memory = try PhysicalMemory(size: memorySize)
    plic = PLIC(port: port)
    device = VirtioMMIO(
      slot: 0, function: function, memory: memory, port: port, line: .init(to: plic, source: Self.source),
      agenda: Agenda())
  }

  var interrupt: Bool { plic.level(source: Self.source) }
  var status: UInt64 { (try? device.word(0x70)) ?? 0 }
  var needsReset: Bool { status & 0x40 != 0 }

  func descriptors(_ queue: Int) -> UInt64 { Self.base + 0x1_0000 * UInt64(queue) }
  func availableRing(_ queue: Int) -> UInt64 { descriptors(queue) + 0x4000 }
  func usedRing(_ queue: Int) -> UInt64 { descriptors(queue) + 0x8000 }

  /// The steps of "Device Initialization", accepting `features` of what is offered.
  func initialize(features: UInt64 = .max, queues: Int = 1) throws {
    try device.setWord(0, 0x70)
    try device.setWord(3, 0x70)
    for half: UInt64 in 0..<2 {
      try device.setWord(half, 0x14)
      try device.setWord(half, 0x24)
      try device.setWord(try device.word(0x10) & (features >> (32 * half)), 0x20)
    }
    try device.setWord(11, 0x70)
    available = .init(repeating: 0, count: queues)
    nextDescriptor = .init(repeating: 0, count: queues)
    for queue in 0..<queues {
      try setUp(queue, size: UInt64(queueSize), descriptors(queue), availableRing(queue), usedRing(queue))
    }
    try device.setWord(15, 0x70)
  }

  func setUp(_ queue: Int, size: UInt64, _ descriptors: UInt64, _ available: UInt64, _ used: UInt64) throws {
    try device.setWord(UInt64(queue), 0x30)
    try device.setWord(size, 0x38)
    for (register, address) in [(UInt64(0x80), descriptors), (0x90, available), (0xa0, used)] {
      try device.setWord(address & 0xffff_ffff, register)
      try device.setWord(address >> 32, register + 4)
    }
    try device.setWord(1, 0x44)
  }

  /// Has other queues use the rings of queue 0, as nobody should.
  func shareQueue(with others: ClosedRange<Int>) throws {
    for queue in others { try setUp(queue, size: UInt64(queueSize), descriptors(0), availableRing(0), usedRing(0)) }
  }

  func writeDescriptor(_ table: UInt64, _ index: Int, _ address: UInt64, _ count: UInt32, flags: UInt16, next: UInt16) {
    let place = table + 16 * UInt64(index)
    memory.store(address, to: .init(place))
    memory.store(count, to: .init(place + 8))
    memory.store(flags, to: .init(place + 12))
    memory.store(next, to: .init(place + 14))
  }

  /// Makes a chain available without telling the device; returns its head.
  @discardableResult
  func offer(_ buffers: [Buffer], queue: Int = 0) -> UInt16 {
    let head = nextDescriptor[queue]
    for (index, buffer) in buffers.enumerated() {
      let isLast = index == buffers.count - 1
      let own = (head + UInt16(index)) % queueSize
      writeDescriptor(
        descriptors(queue), Int(own), buffer.address, buffer.count,
        flags: (isLast ? 0 : 1) | (buffer.isWritable ? 2 : 0), next: (own + 1) % queueSize)
    }
    nextDescriptor[queue] = (head + UInt16(buffers.count)) % queueSize
    offer(head: head, queue: queue)
    return head
  }

  func offer(head: UInt16, queue: Int = 0) {
    memory.store(head, to: .init(availableRing(queue) + 4 + 2 * UInt64(available[queue] % queueSize)))
    available[queue] &+= 1
    memory.store(available[queue], to: .init(availableRing(queue) + 2))
  }

  func notify(_ queue: Int = 0) throws { try device.setWord(UInt64(queue), 0x50) }

  func usedIndex(_ queue: Int = 0) -> UInt16 { memory.load(.init(usedRing(queue) + 2), as: UInt16.self) ?? 0 }

  /// Head and length of the used element `index`.
  func used(_ index: UInt16, queue: Int = 0) -> (head: UInt32, length: UInt32) {
    let place = usedRing(queue) + 4 + 8 * UInt64(index % queueSize)
    return (memory.load(.init(place), as: UInt32.self) ?? 0, memory.load(.init(place + 4), as: UInt32.self) ?? 0)
  }

  // MARK: Block requests

  /// Writes a block request's header at the start of the buffers.
  func writeHeader(type: UInt32, sector: UInt64, at address: UInt64 = VirtioDriver.buffers) {
    memory.store(type, to: .init(address))
    memory.store(UInt32(0), to: .init(address + 4))
    memory.store(sector, to: .init(address + 8))
  }

  /// Carries out one block request; returns its status byte and, for reads, the data.
  func block(type: UInt32, sector: UInt64, data: [UInt8] = [], readCount: Int = 0) throws -> (UInt8?, [UInt8]) {
    let (header, body) = (Self.buffers, Self.buffers + 0x1000)
    let statusPlace = Self.buffers + 0x100
    writeHeader(type: type, sector: sector)
    memory.store(UInt8(0xee), to: .init(statusPlace))
    var buffers = [Buffer(address: header, count: 16, isWritable: false)]
    if !data.isEmpty {
      memory.write(data, to: .init(body))
      buffers.append(Buffer(address: body, count: UInt32(data.count), isWritable: false))
    }
    if readCount > 0 { buffers.append(Buffer(address: body, count: UInt32(readCount), isWritable: true)) }
    buffers.append(Buffer(address: statusPlace, count: 1, isWritable: true))
    offer(buffers)
    try notify()
    return (
      memory.load(.init(statusPlace), as: UInt8.self), memory.read(.init(body), count: readCount) ?? []
    )
  }
}
