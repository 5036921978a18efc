import RISCV

/// One page of a shadow table: 512 entries in a frame of the monitor's.
///
/// Under the traced policy it stands for one page table of the guest's and is shared by all roots that reach that table in the
/// same role. Other tables (what a large page is splintered into, and all tables of a virtual TLB) have one parent.
class ShadowTable {
  /// Where it lies in host memory.
  let frame: UInt64
  /// Level of its entries: 0 for those of 4 KiB pages.
  let level: Int
  let role: ShadowRole
  /// The guest's table that it follows; nil for one that follows none.
  let guestTable: UInt64?
  /// It holds the pages of one large leaf of the guest's.
  let isSplinter: Bool
  /// The entries that point to it.
  var parents: [(table: ShadowTable, index: Int)] = []
  /// Entries of the guest's table that were stored to since a walk last came through it: a page that is filled anew is no table
  /// any more.
  var storedSinceUse: Set<Int> = []

  init(frame: UInt64, level: Int, role: ShadowRole, guestTable: UInt64?, isSplinter: Bool) {
    self.frame = frame
    self.level = level
    self.role = role
    self.guestTable = guestTable
    self.isSplinter = isSplinter
  }

  /// Host-physical address of an entry.
  func address(_ index: Int) -> UInt64 { frame + UInt64(index) * 8 }
  /// The index of the entry that maps an address.
  func index(of address: UInt64) -> Int { Int(truncatingIfNeeded: address >> UInt64(12 + 9 * level) & 511) }
  /// Whether an address is one that a root at this level translates: the bits above are all equal to its highest.
  func covers(_ address: UInt64) -> Bool {
    let unused = Int64(64 - 12 - 9 * (level + 1))
    return UInt64(bitPattern: (Int64(bitPattern: address) << unused) >> unused) == address
  }
  /// Bytes that one entry maps.
  var entrySize: UInt64 { 4096 << UInt64(9 * level) }
}

/// The top of a tree of shadow tables, with the ASID under which the physical hart knows it.
final class ShadowRoot: ShadowTable {
  let asid: UInt64
  /// The value of `satp` that names it.
  let satp: UInt64

  init(frame: UInt64, level: Int, role: ShadowRole, guestTable: UInt64?, isSplinter: Bool, asid: UInt64) {
    self.asid = asid
    let scheme = role.regime.addressTranslation >> 60
    satp = (scheme == 0 ? PagingScheme.sv39.rawValue : scheme) << 60 | (asid & 0xffff) << 44 | frame >> 12
    super.init(frame: frame, level: level, role: role, guestTable: guestTable, isSplinter: isSplinter)
  }
}

/// What, beside the guest's tables, the entries of a shadow table depend on.
struct ShadowRole: Hashable {
  /// With the root and ASID left out of `addressTranslation`.
  var regime: TranslationRegime
  /// Which state of PMP.
  var protection: Int
  /// Entries keep the guest's U bit, for a hart that runs S and U in VS and VU; otherwise all have U, for one that runs them
  /// in U.
  var keepsUserBit: Bool
}

/// Bits of shadow page-table entries (Privileged ISA, "Sv39: Page-Based 39-bit Virtual-Memory System").
enum ShadowEntry {
  static let valid: UInt64 = 1
  static let write: UInt64 = 4
  static let user: UInt64 = 16
  static let accessedDirty: UInt64 = 64 | 128
  /// Bits 8 and 9, which hardware leaves to software: level of the guest's leaf that this one is a splinter of.
  static let levelShift: UInt64 = 8

  static func pointer(to frame: UInt64) -> UInt64 { frame >> 2 | valid }
  static func isLeaf(_ entry: UInt64) -> Bool { entry & 0xe != 0 }
  static func target(_ entry: UInt64) -> UInt64 { (entry >> 10 & 0xfff_ffff_ffff) << 12 }
}
