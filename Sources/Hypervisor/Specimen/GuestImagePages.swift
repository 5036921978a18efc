import Machine
import RISCV

/// A page that a monitor gave its guest at the first touch, and that has not what the guest's image has there.
package struct WrongPage: Sendable {
  /// The first doubleword that differs, for the guest and for the host.
  package var guestPhysical: UInt64
  package var hostPhysical: UInt64
  package var yours: UInt64
  package var image: UInt64
}

/// What lies in a guest's memory before the guest has done anything: its image. Looked at when a page is given at its first touch;
/// later it is the guest's own.
struct GuestImagePages {
  /// Guest-physical address of the first byte.
  private let start: UInt64
  private let bytes: [UInt8]
  private var touched: Set<UInt64> = []

  init?(_ machine: Machine) {
    guard let image = machine.board.images.first(where: { $0.role == .guest }),
      let bytes = machine.memory.read(GuestPhysicalAddress(image.range.start), count: Int(image.range.count))
    else { return nil }
    (start, self.bytes) = (image.entry, bytes)
  }

  mutating func reset() { touched = [] }

  /// What is wrong with the page of an address that the guest of this hart is about to touch for the first time.
  mutating func wrongPage(_ address: UInt64, _ hart: Hart, _ memory: PhysicalMemory) -> WrongPage? {
    let page = address & ~0xfff
    guard page < start &+ UInt64(bytes.count), page &+ 4096 > start, touched.insert(page).inserted,
      let host = hart.hostPhysicalAddress(of: GuestPhysicalAddress(page))
    else { return nil }
    for offset in stride(from: UInt64(0), to: 4096, by: 8) where page &+ offset >= start {
      let position = Int(page &+ offset &- start)
      guard position + 8 <= bytes.count else { break }
      let wanted = bytes[position..<position + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard let found = memory.load(GuestPhysicalAddress(host &+ offset), as: UInt64.self) else { return nil }
      if found != wanted {
        return WrongPage(guestPhysical: page &+ offset, hostPhysical: host &+ offset, yours: found, image: wanted)
      }
    }
    return nil
  }
}
