/// Inputs of ``FuzzVirtio`` in which an honest driver makes one request.
enum VirtioSeeds {
  static let all: [[UInt8]] =
    [
      // Entropy; console, in and out; disk: read, write, flush, identity; through an indirect table.
      seed(0, [(0x400, 64, 2, 0)]),
      seed(1, [(0x400, 64, 2, 0)]),
      seed(1, [(0x400, 64, 0, 0)], queue: 1),
      seed(2, [(0x400, 16, 1, 1), (0x500, 512, 3, 2), (0x410, 1, 2, 0)], request: 0),
      seed(2, [(0x400, 16, 1, 1), (0x500, 1024, 1, 2), (0x410, 1, 2, 0)], request: 1),
      seed(2, [(0x400, 16, 1, 1), (0x410, 1, 2, 0)], request: 4),
      seed(3, [(0x400, 16, 1, 1), (0x500, 20, 3, 2), (0x410, 1, 2, 0)], request: 8),
      seed(3, [(0x10, 32, 4, 0), (0x400, 16, 1, 1), (0x410, 1, 2, 0)], request: 4),
    ]

  private static let queueSize = 8

  /// Descriptors at the start of RAM, the rings behind, buffers from 0x400; the places in `descriptors` count from there.
  private static func seed(
    _ kind: UInt8, _ descriptors: [(UInt64, UInt32, UInt16, UInt16)], queue: UInt32 = 0, request: UInt32 = 0
  ) -> [UInt8] {
    var operations: [[UInt8]] = []
    func set(_ register: UInt32, _ value: UInt32) {
      operations.append(little(UInt64(register << 8) | UInt64(value) << 32))
    }
    for status: UInt32 in [0, 1, 3] { set(0x70, status) }
    set(0x24, 1)
    set(0x20, 1)
    set(0x24, 0)
    set(0x20, 1 << 28)
    set(0x70, 11)
    set(0x30, queue)
    set(0x38, UInt32(queueSize))
    for (register, place): (UInt32, UInt32) in [(0x80, 0), (0x90, 0x100), (0xa0, 0x200)] {
      set(register, 0x8000_0000 + place)
      set(register + 4, 0)
    }
    set(0x44, 1)
    set(0x70, 15)
    set(0x50, queue)
    set(0x64, 1)
    operations.append(little(UInt64(3) | UInt64(0x60) << 8))
    operations.append(little(UInt64(6) | UInt64(2000) << 32))

    var memory = [UInt8](repeating: 0, count: 0x600)
    func place(_ bytes: [UInt8], at offset: Int) { memory.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
    for (index, descriptor) in descriptors.enumerated() {
      place(little(0x8000_0000 + descriptor.0) + little(descriptor.1), at: 16 * index)
      place(little(descriptor.2) + little(descriptor.3), at: 16 * index + 12)
    }
    place([0, 0, 1, 0], at: 0x100)
    place(little(request) + little(UInt32(0)) + little(UInt64(3)), at: 0x400)
    return [kind, UInt8(operations.count)] + operations.flatMap { $0 } + memory
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
