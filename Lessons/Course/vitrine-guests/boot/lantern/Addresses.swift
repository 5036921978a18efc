/// Where the kernel sees physical address 0. It sees all of physical memory, and the devices, this much higher.
let physicalMapBase: UInt64 = 0xffff_ffc0_0000_0000

/// Bytes of a page, the unit of translation.
let pageSize: UInt64 = 4096

/// An address as memory and devices see it: in page tables, in virtqueues, in calls of the firmware.
struct PhysicalAddress: Equatable {
  var bits: UInt64

  /// The same byte in the kernel's view.
  var mapped: UInt64 { bits &+ physicalMapBase }

  /// The same byte in the kernel's view, as Swift wants it to read and write there.
  var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: UInt(mapped))! }

  init(_ bits: UInt64) { self.bits = bits }

  /// The physical address of something that the kernel sees at `mapped`.
  init(mapped: UInt64) { bits = mapped &- physicalMapBase }
}

/// An address as a program sees it. What a program says is only a number until its page table has been asked.
struct VirtualAddress: Equatable {
  var bits: UInt64

  init(_ bits: UInt64) { self.bits = bits }

  /// The address of the page that this byte is in.
  var page: VirtualAddress { VirtualAddress(bits & ~(pageSize - 1)) }
  var offsetInPage: UInt64 { bits & (pageSize - 1) }

  /// The address of the first page that begins here or later.
  var roundedUp: VirtualAddress { VirtualAddress((bits + pageSize - 1) & ~(pageSize - 1)) }

  /// The index into the table of `level`: 2 is the root.
  func index(level: UInt64) -> UInt64 { (bits >> (12 + 9 * level)) & 511 }
}

/// Where a program's address space ends. The first gibibyte is enough, and costs one table of the middle level.
let userEnd = VirtualAddress(0x4000_0000)
