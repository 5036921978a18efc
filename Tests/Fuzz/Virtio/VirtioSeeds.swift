/// Inputs of ``FuzzVirtio`` in which an honest driver makes one request.
enum VirtioSeeds {
  static let all: [[UInt8]] =
    [
      // Entropy; console, in and out; disk: read, write, flush, identity; through an indirect table; network.
      seed(0, [(0x400, 64, 2, 0)]),
      seed(1, [(0x400, 64, 2, 0)]),
      seed(1, [(0x400, 64, 0, 0)], queue: 1),
      seed(2, [(0x400, 16, 1, 1), (0x500, 512, 3, 2), (0x410, 1, 2, 0)], request: 0),
      seed(2, [(0x400, 16, 1, 1), (0x500, 1024, 1, 2), (0x410, 1, 2, 0)], request: 1),
      seed(2, [(0x400, 16, 1, 1), (0x410, 1, 2, 0)], request: 4),
      seed(3, [(0x400, 16, 1, 1), (0x500, 20, 3, 2), (0x410, 1, 2, 0)], request: 8),
      seed(3, [(0x10, 32, 4, 0), (0x400, 16, 1, 1), (0x410, 1, 2, 0)], request: 4),
      network(),
      // Balloon: numbers that name no page, a report of a page, statistics.
      seed(5, [(0x400, 64, 0, 0)]),
      seed(5, [(0x1000, 4096, 2, 0)], queue: 3),
      seed(5, [(0x400, 20, 0, 0)], queue: 2),
    ]

  private static let queueSize = 8

  /// Descriptors at the start of RAM, the rings behind, buffers from 0x400; the places in `descriptors` count from there.
  private static func seed(
    _ kind: UInt8, _ descriptors: [(UInt64, UInt32, UInt16, UInt16)], queue: UInt32 = 0, request: UInt32 = 0
  ) -> [UInt8] {
    var memory = [UInt8](repeating: 0, count: 0x600)
    place(descriptors, at: 0, &memory)
    place(little(request) + little(UInt32(0)) + little(UInt64(3)), at: 0x400, &memory)
    let operations = setUp(queue: queue, at: 0, device: 0) + notify(queue: queue, device: 0)
    return [kind, UInt8(operations.count)] + operations.flatMap { $0 } + memory
  }

  /// The second device sends a frame of 100 bytes to the first, which waits for it.
  private static func network() -> [UInt8] {
    var memory = [UInt8](repeating: 0, count: 0x1000)
    place([(0x400, 200, 2, 0)], at: 0, &memory)
    place([(0xc00, 112, 0, 0)], at: 0x800, &memory)
    place([0x52, 0x54, 0, 0x12, 0x34, 0x56, 0x52, 0x54, 0, 0x12, 0x34, 0x57, 8, 0], at: 0xc0c, &memory)
    let operations =
      setUp(queue: 0, at: 0, device: 0) + setUp(queue: 1, at: 0x800, device: 1) + notify(queue: 1, device: 1)
      + [little(UInt64(7))]
    return [4, UInt8(operations.count)] + operations.flatMap { $0 } + memory
  }

  private static func set(_ register: UInt64, _ value: UInt32, _ device: UInt64) -> [UInt8] {
    little(device << 31 | register << 8 | UInt64(value) << 32)
  }

  private static func setUp(queue: UInt32, at place: UInt32, device: UInt64) -> [[UInt8]] {
    var writes: [(UInt64, UInt32)] = [(0x70, 0), (0x70, 1), (0x70, 3), (0x24, 1), (0x20, 1), (0x24, 0)]
    writes += [(0x20, 1 << 28), (0x70, 11), (0x30, queue), (0x38, UInt32(queueSize))]
    for (register, offset): (UInt64, UInt32) in [(0x80, 0), (0x90, 0x100), (0xa0, 0x200)] {
      writes += [(register, 0x8000_0000 + place + offset), (register + 4, 0)]
    }
    return (writes + [(0x44, 1), (0x70, 15)]).map { set($0.0, $0.1, device) }
  }

  /// And a look at the interrupt status, its acknowledgement, and the next turn border.
  private static func notify(queue: UInt32, device: UInt64) -> [[UInt8]] {
    [
      set(0x50, queue, device), set(0x64, 1, device), little(device << 31 | UInt64(0x60) << 8 | 2 << 3 | 3),
      little(UInt64(6) | UInt64(2000) << 32),
    ]
  }

  private static func place(_ bytes: [UInt8], at offset: Int, _ memory: inout [UInt8]) {
    memory.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  private static func place(
    _ descriptors: [(UInt64, UInt32, UInt16, UInt16)], at offset: Int, _ memory: inout [UInt8]
  ) {
    for (index, descriptor) in descriptors.enumerated() {
      place(little(0x8000_0000 + descriptor.0) + little(descriptor.1), at: offset + 16 * index, &memory)
      place(little(descriptor.2) + little(descriptor.3), at: offset + 16 * index + 12, &memory)
    }
    place([0, 0, 1, 0], at: offset + 0x100, &memory)
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
