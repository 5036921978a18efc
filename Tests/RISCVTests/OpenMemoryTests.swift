import Lockstep
import RISCV
import Testing

/// From where on PMP is open to S-mode, by the meaning of its entries (Privileged ISA, "Physical Memory Protection CSRs").
@Suite("Open memory")
struct OpenMemoryTests {
  private static let base: UInt64 = 0x8000_0000
  private static let size: UInt64 = 0x10_0000
  private static let (top, all, readOnly): (UInt8, UInt8, UInt8) = (0x08, 0x07, 0x01)

  /// Entries that each end where they say (TOR), from the first on.
  private func protection(_ entries: [(end: UInt64, rights: UInt8)]) -> PhysicalMemoryProtection {
    var protection = PhysicalMemoryProtection()
    for (index, entry) in entries.enumerated() {
      protection.setAddress(entry.end >> 2, at: index)
      protection.setConfiguration(Self.top | entry.rights, at: index)
    }
    return protection
  }
  private func start(_ entries: [(end: UInt64, rights: UInt8)]) -> UInt64 {
    protection(entries).openStart(base: Self.base, size: Self.size)
  }

  @Test("Nothing is open where all entries are off, or none reaches the end")
  func closed() {
    #expect(start([]) == Self.size)
    #expect(start([(Self.base + Self.size - 4, Self.all)]) == Self.size)
    #expect(start([(.max, Self.readOnly)]) == Self.size)
  }

  @Test("All is open under one entry for everything")
  func open() {
    #expect(start([(.max, Self.all)]) == 0)
    #expect(start([(Self.base, 0), (.max, Self.all)]) == 0)
  }

  @Test("What lies behind the firmware is open, from the next page on")
  func firmware() {
    #expect(start([(Self.base, Self.all), (Self.base + 0x4_0000, 0), (.max, Self.all)]) == 0x4_0000)
    #expect(start([(Self.base, Self.all), (Self.base + 0x4_0004, 0), (.max, Self.all)]) == 0x4_1000)
    #expect(start([(Self.base + 0x4_0000, Self.readOnly), (.max, Self.all)]) == 0x4_0000)
  }

  @Test("A hole further up counts, and one at the end leaves nothing")
  func holes() {
    let hole: (UInt64, UInt64) -> [(end: UInt64, rights: UInt8)] = {
      [(Self.base + $0, Self.all), (Self.base + $1, 0), (.max, Self.all)]
    }
    #expect(start(hole(0x2000, 0x3000)) == 0x3000)
    #expect(start(hole(Self.size - 0x1000, Self.size)) == Self.size)
    #expect(start(hole(Self.size, Self.size + 0x1000)) == 0)
  }

  @Test("No page from there on is closed to S-mode, and the page before is", arguments: 0..<200)
  func agreesWithRights(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    var protection = PhysicalMemoryProtection()
    for index in 0..<Int(random.next() % 16) {
      let isEverything = random.next() % 4 == 0
      protection.setAddress(isEverything ? .max : (Self.base + random.next() % (Self.size + 0x8000)) >> 2, at: index)
      let rights = random.next() % 2 == 0 ? Self.all : UInt8(random.next() & 7)
      protection.setConfiguration(UInt8(random.next() % 4) << 3 | rights, at: index)
    }
    let start = protection.openStart(base: Self.base, size: Self.size)
    #expect(start % 4096 == 0 && start <= Self.size)
    func isOpen(_ page: UInt64) -> Bool {
      protection.rights(Self.base + page, count: 4096, mode: .supervisor) == .all(7)
    }
    for page in stride(from: start, to: Self.size, by: 4096) { #expect(isOpen(page)) }
    // Where several entries together open a range, it is taken for closed: that costs time only.
    let isOneEntrys =
      start > 0
      && protection.rights(
        Self.base + start - 4096, count: Self.size - start + 4096, mode: .supervisor) == .all(7)
    #expect(!isOneEntrys)
  }
}
