import Machine
import RISCV

/// An entry of a monitor's shadow page table that is not what the guest's own table and the place of its memory make together.
package struct WrongShadow: Sendable, Equatable {
  /// The guest-virtual address of the page.
  package var address: UInt64
  /// Where the shadow leads, and what it allows: R 2, W 4, X 8.
  package var hostPhysical: UInt64
  package var rights: UInt64
  /// Where it should lead; nil where the guest's table has no page there, or its page is no memory of the guest's.
  package var wanted: UInt64?
  /// What it may allow at most: what the guest's table allows in the present mode, without W while D is clear.
  package var allowed: UInt64
}

/// Holds the shadow page table of a monitor whose guest runs in U against the composition of the guest's table with the monitor's
/// record of the guest's memory.
///
/// An entry that has just been made is looked at, and behind an `sfence.vma` all that it covers. In between an entry may be older than
/// the guest's: a hart may keep translations until a fence.
struct ShadowCheck {
  let memory: PhysicalMemory
  let guestMemory: GuestMemoryRecord
  let virtual: VirtualHartRecord
  /// The physical hart's, of which the shadow is.
  let satp: UInt64

  private static let (read, write, execute, user): (UInt64, UInt64, UInt64, UInt64) = (2, 4, 8, 16)
  private static let (accessed, dirty): (UInt64, UInt64) = (64, 128)
  private static let permissions: UInt64 = 14
  private static let pageMask: UInt64 = ~0xfff

  /// The first entry that is wrong, of those that have to be right behind an exit.
  func mistake(behind exit: SpecimenExit, isFill: Bool) -> WrongShadow? {
    guard satp >> 60 == 8, virtual[.satp].map({ $0 >> 60 == 0 || $0 >> 60 == 8 }) ?? false else { return nil }
    if isFill { return shadowEntry(exit.value).flatMap { judge(exit.value & Self.pageMask, $0) } }
    // sfence.vma: of an address alone, or of one address space, it covers less.
    guard exit.bits & 0xfe00_7fff == 0x1200_0073, exit.bits >> 20 & 31 == 0 else { return nil }
    let register = Int(exit.bits >> 15 & 31)
    guard register == 0 else {
      let address = exit.state.x[register]
      return shadowEntry(address).flatMap { judge(address & Self.pageMask, $0) }
    }
    return firstWrong(satp << 12 & 0xff_ffff_ffff_f000, level: 2, from: 0)
  }

  /// Goes through a table of the shadow's. Entries without U are the monitor's own.
  private func firstWrong(_ table: UInt64, level: UInt64, from start: UInt64) -> WrongShadow? {
    for index in UInt64(0)..<512 {
      guard let entry = load(table &+ 8 &* index), entry & 1 != 0 else { continue }
      var address = start | index << (12 + 9 * level)
      if level == 2, index >= 256 { address |= 0xffff_ff80_0000_0000 }
      if entry & 0xa != 0 {
        guard entry & Self.user != 0 else { continue }
        for page in 0..<(UInt64(1) << (9 * level)) {
          let part = target(entry) &+ page << 12
          if let wrong = judge(address &+ page << 12, (part, entry & Self.permissions)) { return wrong }
        }
      } else if level > 0, let wrong = firstWrong(target(entry), level: level - 1, from: address) {
        return wrong
      }
    }
    return nil
  }

  /// The page and the rights that the shadow has for an address; nil where it has none for the guest.
  private func shadowEntry(_ address: UInt64) -> (page: UInt64, rights: UInt64)? {
    guard let (entry, level) = walk(address, root: satp, load), entry & Self.user != 0 else { return nil }
    return (target(entry) | address & (1 << (12 + 9 * level) - 1) & Self.pageMask, entry & Self.permissions)
  }

  private func judge(_ address: UInt64, _ shadow: (page: UInt64, rights: UInt64)) -> WrongShadow? {
    var (wanted, allowed): (UInt64?, UInt64) = (nil, 0)
    if virtual[.satp]! >> 60 == 0 || virtual.privilege == 3 {
      (wanted, allowed) = (guestMemory.host(address), Self.permissions)
    } else if let (entry, level) = walk(address, root: virtual[.satp]!, { guestMemory.host($0).flatMap(load) }) {
      wanted = guestMemory.host(target(entry) | address & (1 << (12 + 9 * level) - 1) & Self.pageMask)
      allowed = rights(entry)
    }
    if wanted == shadow.page, shadow.rights & ~allowed == 0 { return nil }
    return WrongShadow(
      address: address, hostPhysical: shadow.page, rights: shadow.rights, wanted: wanted, allowed: allowed)
  }

  /// What the guest may do in its present mode with a page of its table.
  private func rights(_ entry: UInt64) -> UInt64 {
    let status = virtual[virtual.hasMachineMode ? .mstatus : .sstatus] ?? 0
    guard entry & Self.accessed != 0 else { return 0 }
    var rights = entry & Self.permissions
    if status >> 19 & 1 != 0, rights & Self.execute != 0 { rights |= Self.read }
    if entry & Self.dirty == 0 { rights &= ~Self.write }
    if virtual.privilege == 0 { return entry & Self.user != 0 ? rights : 0 }
    if entry & Self.user == 0 { return rights }
    return status >> 18 & 1 != 0 ? rights & ~Self.execute : 0
  }

  /// An Sv39 walk; the leaf and its level.
  private func walk(_ address: UInt64, root: UInt64, _ load: (UInt64) -> UInt64?) -> (entry: UInt64, level: UInt64)? {
    guard UInt64(bitPattern: Int64(bitPattern: address << 25) >> 25) == address else { return nil }
    var table = root << 12 & 0xff_ffff_ffff_f000
    for level in stride(from: Int64(2), through: 0, by: -1).map(UInt64.init) {
      guard let entry = load(table &+ 8 &* (address >> (12 + 9 * level) & 511)), entry & 1 != 0, entry & 6 != 4 else {
        return nil
      }
      table = target(entry)
      if entry & 0xa != 0 { return table & (1 << (12 + 9 * level) - 1) == 0 ? (entry, level) : nil }
    }
    return nil
  }

  private func load(_ address: UInt64) -> UInt64? { memory.load(GuestPhysicalAddress(address), as: UInt64.self) }
  private func target(_ entry: UInt64) -> UInt64 { (entry >> 10 & 0xfff_ffff_ffff) << 12 }
}
