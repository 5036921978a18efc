import Machine
import RISCV

/// Where a monitor has its guest's memory, as it says itself under the symbol `vitrine_memory`, in 64-bit words: `0x000000014d454d56`
/// ("VMEM", and above it the version of the layout, 1), how many pieces follow, and for each piece the guest-physical address, the
/// host-physical one and the size, all in bytes.
///
/// With it the shadow page table of a monitor can be held against the guest's own (``ShadowCheck``).
package struct GuestMemoryRecord: Sendable, Equatable {
  package static let symbol = "vitrine_memory"
  package static let magic: UInt64 = 0x1_4d45_4d56

  package struct Piece: Sendable, Equatable {
    package var guest: UInt64
    package var host: UInt64
    package var size: UInt64
  }
  package var pieces: [Piece]

  /// Reads the record at an address of the monitor's, which is host-physical too; nil where there is none, or one that is damaged.
  init?(at address: UInt64, in memory: PhysicalMemory) {
    func word(_ index: UInt64) -> UInt64? { memory.load(GuestPhysicalAddress(address &+ 8 &* index), as: UInt64.self) }
    guard word(0) == Self.magic, let count = word(1), count <= 64 else { return nil }
    pieces = []
    for index in 0..<count {
      guard let guest = word(2 + 3 * index), let host = word(3 + 3 * index), let size = word(4 + 3 * index) else {
        return nil
      }
      pieces.append(Piece(guest: guest, host: host, size: size))
    }
  }

  /// The host-physical address of a guest-physical one.
  package func host(_ guest: UInt64) -> UInt64? {
    pieces.first { guest >= $0.guest && guest &- $0.guest < $0.size }.map { guest &- $0.guest &+ $0.host }
  }
}
