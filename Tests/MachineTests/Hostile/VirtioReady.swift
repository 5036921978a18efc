import Machine
import RISCV

extension VirtioMMIO {
  /// Makes queue 0 ready, with its parts at these addresses of less than 4 GiB, as an honest driver does.
  func makeReady(size: UInt64, descriptors: UInt64, available: UInt64, used: UInt64) throws {
    func set(_ register: UInt64, _ value: UInt64) throws { try write(value, offset: register, width: .word) }
    for status: UInt64 in [0, 1, 3, 11] { try set(0x70, status) }
    try set(0x38, size)
    try set(0x80, descriptors)
    try set(0x90, available)
    try set(0xa0, used)
    try set(0x44, 1)
    try set(0x70, 15)
  }
}

extension PhysicalMemory {
  /// Writes the descriptors of one chain, from number `first` of a table on.
  func writeChain(_ table: UInt64, first: UInt64, _ parts: [(address: UInt64, count: UInt32, isWritable: Bool)]) {
    for (index, part) in parts.enumerated() {
      let number = first + UInt64(index)
      store(part.address, to: .init(table + 16 * number))
      store(part.count, to: .init(table + 16 * number + 8))
      let isLast = index == parts.count - 1
      store(UInt16((isLast ? 0 : 1) | (part.isWritable ? 2 : 0)), to: .init(table + 16 * number + 12))
      store(UInt16(number + 1), to: .init(table + 16 * number + 14))
    }
  }
}
