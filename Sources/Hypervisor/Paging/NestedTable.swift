import RISCV

/// One G-stage table tree: guest-physical to host-physical addresses, with the VMID under which TLBs know it ("H" Extension,
/// "Guest Physical Address Translation").
final class NestedTable {
  let key: Key
  let vmid: UInt16
  let scheme: PagingScheme
  /// Where the root of 16 KiB lies in host memory.
  let root: UInt64
  /// The tables below it, in order of creation.
  private(set) var frames: [UInt64] = []
  /// Grows with each use: what was used longest ago goes first.
  var lastUse: UInt64 = 0

  /// Whose view of memory it is.
  enum View: Hashable {
    /// M-mode's: what PMP leaves to it.
    case machine
    /// That of S and U.
    case supervisor
    /// That of a guest hypervisor's guest under this `hgatp`: its tables composed with ours.
    case guest(UInt64)
  }
  struct Key: Hashable {
    var view: View
    /// The state of PMP as far as it matters to the view.
    var protection: [UInt64]
  }

  init(key: Key, vmid: UInt16, scheme: PagingScheme, root: UInt64) {
    self.key = key
    self.vmid = vmid
    self.scheme = scheme
    self.root = root
  }

  /// The value of `hgatp` that names it.
  var translation: UInt64 { scheme.rawValue << 60 | UInt64(vmid) << 44 | root >> 12 }

  /// What became of a new leaf.
  enum Outcome {
    case made
    /// There was one, with other rights.
    case changed
    /// It was there already.
    case same
    /// No frame was left.
    case noFrame
  }

  /// Makes a leaf of a level. `rights` are R W X in bits 0 to 2; A and D are set, so that the hart never has to.
  func map(
    _ address: UInt64, to hostAddress: UInt64, level: Int, rights: UInt8, _ host: HostMachine,
    onNewTable: () -> Void
  ) -> Outcome {
    var table = root
    for current in stride(from: scheme.levels - 1, to: level, by: -1) {
      let place = table + index(address, current) * 8
      let entry = host.memory.tableEntry(at: place)
      if entry != 0 {
        table = NestedEntry.target(entry)
        continue
      }
      guard let frame = host.pool.allocate() else { return .noFrame }
      onNewTable()
      frames.append(frame)
      host.memory.storeTableEntry(frame >> 2 | NestedEntry.valid, at: place)
      table = frame
    }
    let place = table + index(address, level) * 8
    let entry = hostAddress >> 2 | UInt64(rights) << 1 | NestedEntry.leaf
    let old = host.memory.tableEntry(at: place)
    if old == entry { return .same }
    host.memory.storeTableEntry(entry, at: place)
    return old == 0 ? .made : .changed
  }

  /// Drops the leaf by which an address is mapped, if there is one.
  func unmap(_ address: UInt64, _ host: HostMachine) -> Bool {
    var table = root
    for level in stride(from: scheme.levels - 1, through: 0, by: -1) {
      let place = table + index(address, level) * 8
      let entry = host.memory.tableEntry(at: place)
      guard entry != 0 else { return false }
      guard entry & NestedEntry.readWriteExecute == 0 else {
        host.memory.storeTableEntry(0, at: place)
        return true
      }
      table = NestedEntry.target(entry)
    }
    return false
  }

  private func index(_ address: UInt64, _ level: Int) -> UInt64 {
    address >> UInt64(12 + 9 * level) & (level == scheme.levels - 1 ? 2047 : 511)
  }

  /// Gives all frames back.
  func free(_ host: HostMachine) {
    for frame in frames { host.pool.release(frame) }
    host.pool.releaseRoot(root)
    frames = []
  }
}

/// Bits of G-stage entries: every access counts as one of U-mode there.
private enum NestedEntry {
  static let valid: UInt64 = 1
  static let readWriteExecute: UInt64 = 14
  /// V, U, A and D.
  static let leaf: UInt64 = 1 | 16 | 64 | 128
  static func target(_ entry: UInt64) -> UInt64 { (entry >> 10 & 0xfff_ffff_ffff) << 12 }
}
