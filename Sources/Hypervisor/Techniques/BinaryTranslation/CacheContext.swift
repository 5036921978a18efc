import RISCV

/// Words of the context that translated code reaches by `hlv` and `hsv`.
enum ContextSlot: Int64 {
  /// The two registers that sequences take for their own ends, while they do.
  case first = 0
  case second
  /// Where an indirect jump goes.
  case target
  /// The bit of the status register that must not be set without the monitor, because an interrupt would be due.
  case pending
  /// The registers of the virtual hart that code of the cache reads and writes itself, as they read in the running mode.
  case status, scratch, exceptionPC, cause, value, vector

  init(_ register: TrapRegister) {
    switch register {
    case .status: self = .status
    case .scratch: self = .scratch
    case .exceptionPC: self = .exceptionPC
    case .cause: self = .cause
    case .value: self = .value
    case .vector: self = .vector
    }
  }
  /// The number of the word of the first of those; the others follow in the order of their raw values.
  static let firstRegister = Int(status.rawValue)

  /// As translated code has it.
  var address: Int64 { rawValue * 8 }
}

/// The table by which indirect jumps, and jumps to other pages, find their translation: 16,384 entries of two words, the guest's
/// address and that of the code, by bits 14 to 1 of the address.
enum JumpTable {
  static let indexBits: Int64 = 14
  static let count = 1 << Int(indexBits)
  /// Where translated code reaches it: a power of two that is at least its size.
  static let base: UInt64 = 1 << 18
  /// In pages.
  static let pageCount = count * 16 / 4096
  /// No address of the guest's: instructions lie at even ones.
  static let empty: UInt64 = 1

  /// Bytes from its start of the entry for a target.
  static func offset(of target: UInt64) -> UInt64 { (target >> 1 & UInt64(count - 1)) << 4 }
}

/// What translated code has at hand in one address space of one hart: its context, and a jump table of its own. What the table
/// remembers is what a TLB would: that the guest may execute at an address, and which page is there. As in a TLB, it is true as long as
/// the shadow entry is there that says so.
final class CacheContext {
  /// The address space for which the table is filled now.
  struct Space: Equatable {
    var regime: TranslationRegime
    var protection: Int

    static func == (one: Space, other: Space) -> Bool {
      one.regime == other.regime && one.protection == other.protection
    }
  }
  @exclusivity(unchecked) private(set) var space: Space?
  /// Where the cache begins in the address space.
  @exclusivity(unchecked) private(set) var base: UInt64 = 0
  /// Some of what the table remembers may not be true any more.
  @exclusivity(unchecked) var isDoubtful = false
  /// When it was used last, for who has to make room.
  @exclusivity(unchecked) var lastUse: UInt64 = 0
  /// Grows when entries are forgotten.
  @exclusivity(unchecked) private(set) var epoch: UInt64 = 0
  /// The guest's pages of which there are entries.
  @exclusivity(unchecked) private var pages: Set<UInt64> = []
  /// Addresses at which an instruction was found to reach into the next page, so that none can be entered. Where the code has changed
  /// since, the virtual hart executes what could be translated.
  @exclusivity(unchecked) private var straddles: Set<UInt64> = []

  /// The value of `hgatp`.
  let translation: UInt64
  private let memory: PhysicalMemory
  /// Frames of the jump table.
  private let tables: [UInt64]

  /// Makes the tables in frames of the pool. `slots` is the frame of the hart's context.
  init(_ host: HostMachine, slots: UInt64, vmid: UInt64) {
    memory = host.memory
    // SAFETY: the pool is larger than what is set aside before anything runs.
    let root = host.pool.allocateRoot()!
    let (middle, low) = (host.pool.allocate()!, host.pool.allocate()!)
    tables = (0..<JumpTable.pageCount).map { _ in host.pool.allocate()! }
    memory.storeTableEntry(ShadowEntry.pointer(to: middle), at: root)
    memory.storeTableEntry(ShadowEntry.pointer(to: low), at: middle)
    let first = Int(JumpTable.base >> 12)
    for (index, page) in [(0, slots)] + tables.enumerated().map({ (first + $0.offset, $0.element) }) {
      // V R W U A D.
      memory.storeTableEntry(page >> 2 | 0xd7, at: low + UInt64(index * 8))
    }
    translation = PagingScheme.sv39.rawValue << 60 | vmid << 44 | root >> 12
    clear()
  }

  /// Whether the table is that of an address space. (Optionals are compared by generic code.)
  func isFor(_ other: Space) -> Bool {
    guard let space else { return false }
    return space == other
  }

  /// Takes the table for another address space.
  func change(to other: Space) {
    space = other
    base = CodeCache.base(other.regime)
    clear()
  }

  /// Forgets all entries.
  func clear() {
    epoch += 1
    pages = []
    straddles = []
    isDoubtful = false
    for table in tables { memory.clearPage(at: table) }
    // Of all even numbers the empty table would name zero alone, at its place.
    memory.storeTableEntry(JumpTable.empty, at: tables[0])
  }

  /// Who is on the way in translated code has to look for it again.
  func interrupt() { epoch += 1 }

  /// Forgets the entries of some addresses, of whole pages.
  func forget(_ addresses: ClosedRange<UInt64>) {
    if addresses.upperBound &- addresses.lowerBound < 4096 {
      forget(page: addresses.lowerBound)
    } else {
      for page in pages where addresses.contains(page) { forget(page: page) }
    }
  }

  private func forget(page: UInt64) {
    guard pages.remove(page) != nil else { return }
    epoch += 1
    // The instructions of a page lie in a row of entries.
    for pc in stride(from: page, to: page | 0xfff, by: 2) {
      let place = place(pc)
      if memory.tableEntry(at: place) & ~0xfff == page { memory.storeTableEntry(JumpTable.empty, at: place) }
    }
  }

  /// Forgets the entries of pages that are no longer what they were.
  func forgetPages(where isUntrue: (UInt64) -> Bool) {
    isDoubtful = false
    for page in pages where isUntrue(page) { forget(page: page) }
  }

  /// Forgets one entry.
  func forget(_ pc: UInt64) {
    let place = place(pc)
    if memory.tableEntry(at: place) == pc { memory.storeTableEntry(JumpTable.empty, at: place) }
  }

  /// The address of the code for one of the guest's.
  func find(_ pc: UInt64) -> UInt64? {
    memory.tableEntry(at: place(pc)) == pc ? memory.tableEntry(at: place(pc) + 8) : nil
  }

  /// There are entries of a page, or were since it was forgotten last.
  func knows(page: UInt64) -> Bool { pages.contains(page) }

  func isStraddle(_ pc: UInt64) -> Bool { pc & 0xfff == 0xffe && straddles.contains(pc) }
  func noteStraddle(_ pc: UInt64) { straddles.insert(pc) }

  func enter(_ pc: UInt64, _ code: UInt64) {
    memory.storeTableEntry(pc, at: place(pc))
    memory.storeTableEntry(code, at: place(pc) + 8)
    pages.insert(pc & ~0xfff)
  }

  /// Host-physical address of the entry for an address.
  private func place(_ pc: UInt64) -> UInt64 {
    let offset = JumpTable.offset(of: pc)
    return tables[Int(offset >> 12)] + (offset & 0xfff)
  }
}
