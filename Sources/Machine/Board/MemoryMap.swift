/// Where everything lies, as on QEMU's `virt` board.
package enum MemoryMap {
  package static let bootROM: UInt64 = 0x1000
  package static let finisher: UInt64 = 0x10_0000
  package static let rtc: UInt64 = 0x10_1000
  package static let clint: UInt64 = 0x200_0000
  package static let plic: UInt64 = 0xc00_0000
  package static let uart: UInt64 = 0x1000_0000
  /// The first of eight slots, a page each.
  package static let virtio: UInt64 = 0x1000_1000
  package static let virtioStride: UInt64 = 0x1000
  package static let virtioCount = 8
  package static let flash: UInt64 = 0x2000_0000
  package static let memory: UInt64 = 0x8000_0000
}

/// The PLIC's source numbers, as on QEMU's `virt` board.
package enum InterruptSource {
  /// Of the first virtio slot; the others follow.
  package static let virtio = 1
  package static let uart = 10
  package static let rtc = 11
}
