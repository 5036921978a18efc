/// The paging schemes (Privileged ISA, "Supervisor Address Translation and Protection Register").
package enum PagingScheme: UInt64, Sendable {
  case bare = 0
  case sv39 = 8
  case sv48 = 9
  case sv57 = 10

  /// Levels of page tables; zero for Bare.
  package var levels: Int { self == .bare ? 0 : Int(rawValue) - 5 }
  /// Bits of a virtual address.
  package var addressBits: UInt64 { 12 + 9 * UInt64(levels) }
  package var name: String { self == .bare ? "Bare" : "Sv\(addressBits)" }
  /// The name as scheme of the G-stage, whose root table is four times as large ("H" Extension, "Guest Physical Address
  /// Translation").
  package var guestStageName: String { self == .bare ? "Bare" : "Sv\(addressBits)x4" }
}

/// Which of the two translations of a guest's address is meant.
package enum TranslationStage: Sendable {
  /// By `satp` or `vsatp`: from virtual addresses.
  case first
  /// The G-stage, by `hgatp`: from guest-physical addresses.
  case guest
}

/// Bits of a page-table entry.
enum EntryBit {
  static let valid: UInt64 = 1
  static let read: UInt64 = 2
  static let write: UInt64 = 4
  static let execute: UInt64 = 8
  static let user: UInt64 = 16
  static let global: UInt64 = 32
  static let accessed: UInt64 = 64
  static let dirty: UInt64 = 128
  static let napot: UInt64 = 1 << 63
  /// Bits 62 to 54: reserved, or of extensions that this machine does not have.
  static let reserved: UInt64 = 0x7fc0_0000_0000_0000

  /// The physical address that an entry points to.
  @inline(__always) static func target(_ entry: UInt64) -> UInt64 { (entry &>> 10 & 0xfff_ffff_ffff) &<< 12 }

  /// What a leaf allows in a mode: R W X in bits 0 to 2.
  @inline(__always)
  static func rights(
    _ entry: UInt64, isUser: Bool, allowsUserPages: Bool, readsExecutable: Bool, needsExecute: Bool
  ) -> UInt8 {
    let isUserPage = entry & user != 0
    guard isUser == isUserPage || (!isUser && allowsUserPages) else { return 0 }
    let execute = entry & execute != 0
    var rights: UInt8 = execute && isUser == isUserPage ? 4 : 0
    if needsExecute ? execute : entry & read != 0 || (readsExecutable && execute) { rights |= 1 }
    if entry & write != 0 { rights |= 2 }
    return rights
  }

  /// Why an entry is not valid at any level, for any access.
  @inline(__always)
  static func malformed(_ entry: UInt64) -> String? {
    if entry & valid == 0 { return "V is clear" }
    if entry & (read | write) == write { return "W without R is reserved" }
    if entry & reserved != 0 { return "reserved bits 62 to 54 are not zero" }
    return nil
  }

  /// Why an entry that points to a table is not valid at `level`.
  @inline(__always)
  static func malformedPointer(_ entry: UInt64, level: Int) -> String? {
    if entry & (accessed | dirty | user | napot) != 0 { return "a pointer to a table must have D, A, U and N clear" }
    return level == 0 ? "a pointer to a table cannot stand at level 0" : nil
  }

  /// Why a leaf is not valid at `level`: its page number is misaligned, or not one of Svnapot.
  @inline(__always)
  static func malformedLeaf(_ entry: UInt64, level: Int) -> String? {
    let page = target(entry)
    if entry & napot != 0 {
      return level == 0 && page & 0xf000 == 0x8000 ? nil : "N is set, but the page number does not encode a 64 KiB page"
    }
    return page & ((1 &<< UInt64(12 + 9 * level)) - 1) == 0
      ? nil : "a leaf at level \(level) must have the low \(9 * level) bits of its page number clear"
  }
}

/// The leaf that a walk found.
struct Leaf {
  /// The 4 KiB page of the address that was translated.
  var physical: UInt64
  /// The entry's low bits, A and D as they are now.
  var flags: UInt8
  var level: UInt8
  var isNapot: Bool
  /// What the regime of the walk allows on the page now: R W X in bits 0 to 2, W only once D is set.
  var rights: UInt8

  /// Bytes that it maps.
  var size: UInt64 { isNapot ? 65536 : 4096 &<< (9 * UInt64(level)) }
}

/// What a page-table walk tells as it goes. The quiet one compiles to nothing.
protocol WalkRecorder {
  mutating func reference(_ stage: TranslationStage, level: Int, index: UInt64, address: UInt64, entry: UInt64)
  mutating func failed(_ reason: @autoclosure () -> String)
}

struct QuietRecorder: WalkRecorder {
  @inline(__always)
  mutating func reference(_ stage: TranslationStage, level: Int, index: UInt64, address: UInt64, entry: UInt64) {}
  @inline(__always) mutating func failed(_ reason: @autoclosure () -> String) {}
}
