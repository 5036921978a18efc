/// An entry of an Sv39 page table. Privileged Specification, "Sv39: Page-Based 39-bit Virtual-Memory System".
struct PageTableEntry {
  var bits: UInt64

  static let valid: UInt64 = 1 << 0
  static let read: UInt64 = 1 << 1
  static let write: UInt64 = 1 << 2
  static let execute: UInt64 = 1 << 3
  static let user: UInt64 = 1 << 4
  static let accessed: UInt64 = 1 << 6
  static let dirty: UInt64 = 1 << 7

  init(bits: UInt64) { self.bits = bits }

  /// An entry that points to a page or to a table. Only a leaf has any of the bits read, write and execute.
  init(_ target: PhysicalAddress, flags: UInt64) {
    bits = target.bits >> 2 | flags | PageTableEntry.valid
  }

  static let none = PageTableEntry(bits: 0)

  var isValid: Bool { bits & PageTableEntry.valid != 0 }
  var isLeaf: Bool { bits & (PageTableEntry.read | PageTableEntry.write | PageTableEntry.execute) != 0 }
  var target: PhysicalAddress { PhysicalAddress((bits >> 10 & 0xfff_ffff_ffff) << 12) }

  func allows(_ flags: UInt64) -> Bool { bits & flags == flags }
}

/// Writes a page-table entry. Every write to a page table that has been in use passes here, so that a kernel that knows
/// of its monitor can hand over many at once.
func setPTE(_ place: PhysicalAddress, _ entry: PageTableEntry) {
  if Paravirtual.offers(.pageTables) {
    Paravirtual.queue(place, entry)
  } else {
    store64(place.mapped, entry.bits)
  }
}

/// Reads a page-table entry, also one that is still on its way to the monitor.
func getPTE(_ place: PhysicalAddress) -> PageTableEntry {
  Paravirtual.queued(place) ?? PageTableEntry(bits: load64(place.mapped))
}

/// Makes all entries that were set count: they are in memory, and this hart forgets what it knew before.
func commitPTEs() {
  Paravirtual.flush()
  fence_translations()
}

/// A table of 512 entries, and those below it.
struct PageTable {
  var root: PhysicalAddress

  /// The kernel's own table, which the entry code has begun. Its upper half is in every address space.
  static var kernel: PageTable { PageTable(root: PhysicalAddress(mapped: address_of_kernel_root_table())) }

  static func entry(_ index: UInt64, of table: PhysicalAddress) -> PhysicalAddress {
    PhysicalAddress(table.bits + index * 8)
  }

  /// Where the entry for the page of `address` is. A table that is missing on the way is made if `making`, else the
  /// answer is nil.
  func place(of address: VirtualAddress, making: Bool) throws(Failure) -> PhysicalAddress? {
    var table = root
    var level: UInt64 = 2
    while level > 0 {
      let place = PageTable.entry(address.index(level: level), of: table)
      let entry = getPTE(place)
      if entry.isValid {
        table = entry.target
      } else {
        guard making else { return nil }
        table = try PageAllocator.allocate()
        setPTE(place, PageTableEntry(table, flags: 0))
      }
      level -= 1
    }
    return PageTable.entry(address.index(level: 0), of: table)
  }

  /// The entry for the page of `address`, or an invalid one.
  func entry(for address: VirtualAddress) -> PageTableEntry {
    guard address.bits < userEnd.bits, let place = try? place(of: address, making: false) else { return .none }
    return getPTE(place)
  }

  /// Makes the kernel see gibibytes of memory that the entry code has not mapped. It is called before anything else has
  /// a page table, so it may write directly.
  static func extendKernelMap(to end: UInt64) {
    let gibibyte: UInt64 = 1 << 30
    let flags: UInt64 = 0xef  // as in entry.S
    var address = 4 * gibibyte
    while address < end && address < 256 * gibibyte {
      let place = entry(256 + address / gibibyte, of: kernel.root)
      store64(place.mapped, PageTableEntry(PhysicalAddress(address), flags: flags).bits)
      address += gibibyte
    }
    fence_translations()
  }
}
