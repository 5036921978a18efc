/// What a program can see: its own pages below `userEnd`, and, without the right to touch it, the kernel above.
struct AddressSpace {
  private(set) var table: PageTable
  /// Pages that the program has, tables not counted.
  private(set) var pages: UInt64 = 0

  /// An empty address space. The kernel's half is shared: the entries of its root are copied, they point to the same memory.
  init() throws(Failure) {
    table = PageTable(root: try PageAllocator.allocate())
    var index: UInt64 = 256
    while index < 512 {
      let entry = getPTE(PageTable.entry(index, of: PageTable.kernel.root))
      if entry.isValid { setPTE(PageTable.entry(index, of: table.root), entry) }
      index += 1
    }
  }

  /// Gives the program a zeroed page at `address`, where there is none yet.
  mutating func addPage(at address: VirtualAddress, flags: UInt64) throws(Failure) -> PhysicalAddress {
    let place = try table.place(of: address, making: true)!
    guard !getPTE(place).isValid else { throw .badAddress }
    let page = try PageAllocator.allocate()
    // Accessed and dirty are set from the start: nobody here asks for them, and where the hart does not set them itself
    // each would cost a fault.
    let always = PageTableEntry.user | PageTableEntry.accessed | PageTableEntry.dirty
    setPTE(place, PageTableEntry(page, flags: flags | always))
    pages += 1
    return page
  }

  /// Gives the program all pages from `start` up to `end`, or none of them.
  mutating func addPages(from start: VirtualAddress, to end: VirtualAddress, flags: UInt64) throws(Failure) {
    var address = start
    while address.bits < end.bits {
      do throws(Failure) {
        _ = try addPage(at: address, flags: flags)
      } catch {
        removePages(from: start, to: address)
        throw error
      }
      address.bits += pageSize
    }
  }

  /// Takes the pages from `start` up to `end` away.
  mutating func removePages(from start: VirtualAddress, to end: VirtualAddress) {
    var address = start
    while address.bits < end.bits {
      if let place = try? table.place(of: address, making: false), getPTE(place).isValid {
        PageAllocator.release(getPTE(place).target)
        setPTE(place, .none)
        pages -= 1
      }
      address.bits += pageSize
    }
  }

  /// Gives everything back, the tables too. No hart may be in this address space.
  func destroy() {
    Paravirtual.flush()
    AddressSpace.release(table.root, level: 2, entries: 256)
  }

  /// Releases what the first entries of a table point to, then the table.
  private static func release(_ table: PhysicalAddress, level: Int, entries: UInt64) {
    var index: UInt64 = 0
    while index < entries {
      let entry = getPTE(PageTable.entry(index, of: table))
      if entry.isValid {
        if level > 0 {
          release(entry.target, level: level - 1, entries: 512)
        } else {
          PageAllocator.release(entry.target)
        }
      }
      index += 1
    }
    PageAllocator.release(table)
  }

  /// Makes this hart see through this address space.
  func activate() { AddressSpace.activate(table) }

  /// Without address-space identifiers everything that the hart remembers has to go.
  static func activate(_ table: PageTable) {
    Paravirtual.flush()
    let sv39: UInt64 = 8 << 60
    let satp = sv39 | table.root.bits >> 12
    if read_satp() != satp { write_satp(satp) }
    fence_translations()
  }
}
