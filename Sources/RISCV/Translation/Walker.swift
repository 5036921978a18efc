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
}

/// What a page-table walk tells as it goes. The quiet one compiles to nothing.
protocol WalkRecorder {
  mutating func reference(level: Int, index: UInt64, address: UInt64, entry: UInt64)
  mutating func failed(_ reason: @autoclosure () -> String)
}

struct QuietRecorder: WalkRecorder {
  @inline(__always) mutating func reference(level: Int, index: UInt64, address: UInt64, entry: UInt64) {}
  @inline(__always) mutating func failed(_ reason: @autoclosure () -> String) {}
}

/// The leaf that a walk found.
struct Leaf {
  var physical: UInt64
  var flags: UInt8
  var level: UInt8
  var isNapot: Bool
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
}

extension HartPointer {
  /// Translates by walking the page tables (Privileged ISA, "Virtual Address Translation Process"). Sets A and D where the
  /// hart updates them and `isDry` is false. The caller has found that paging is on.
  func walk<Recorder: WalkRecorder>(
    _ address: UInt64, _ kind: AccessKind, mode: PrivilegeMode, isDry: Bool, recorder: inout Recorder
  ) throws(Trap) -> Leaf {
    let satp = s.pointee.satp
    let scheme = PagingScheme(rawValue: satp >> 60)!
    let unused = 64 - scheme.addressBits
    guard UInt64(bitPattern: (Int64(bitPattern: address) << Int64(unused)) >> Int64(unused)) == address else {
      recorder.failed("bits 63 to \(scheme.addressBits - 1) of the address are not all equal")
      throw Trap(.pageFault(kind), value: address)
    }
    let hardwareUpdates = s.pointee.menvcfg & MachineEnvironment.adue != 0
    var table = (satp & 0xfff_ffff_ffff) << 12
    var level = scheme.levels - 1
    while true {
      let index = (address &>> UInt64(12 + 9 * level)) & 511
      let entryAddress = table &+ index &* 8
      guard let host = entryPointer(entryAddress, forStore: false) else {
        recorder.failed(
          "the entry at gpa:0x\(String(entryAddress, radix: 16)) cannot be read: not RAM, or PMP forbids it")
        throw Trap(.accessFault(kind), value: address)
      }
      let entry = host.pointee
      recorder.reference(level: level, index: index, address: entryAddress, entry: entry)
      if let reason = malformed(entry) {
        recorder.failed(reason)
        throw Trap(.pageFault(kind), value: address)
      }
      if entry & (EntryBit.read | EntryBit.execute) == 0 {
        if entry & (EntryBit.accessed | EntryBit.dirty | EntryBit.user | EntryBit.napot) != 0 {
          recorder.failed("a pointer to a table must have D, A, U and N clear")
          throw Trap(.pageFault(kind), value: address)
        }
        if level == 0 {
          recorder.failed("a pointer to a table cannot stand at level 0")
          throw Trap(.pageFault(kind), value: address)
        }
        table = ((entry >> 10) & 0xfff_ffff_ffff) << 12
        level -= 1
        continue
      }
      if let reason = denied(entry, kind, mode: mode) {
        recorder.failed(reason)
        throw Trap(.pageFault(kind), value: address)
      }
      var page = ((entry >> 10) & 0xfff_ffff_ffff) << 12
      let offsetMask = (UInt64(1) << UInt64(12 + 9 * level)) - 1
      var isNapot = false
      if page & offsetMask & ~0xfff != 0 {
        if entry & EntryBit.napot == 0 || level != 0 {
          recorder.failed("a leaf at level \(level) must have the low \(9 * level) bits of its page number clear")
          throw Trap(.pageFault(kind), value: address)
        }
      }
      if entry & EntryBit.napot != 0 {
        guard level == 0 && page & 0xf000 == 0x8000 else {
          recorder.failed("N is set, but the page number does not encode a 64 KiB page")
          throw Trap(.pageFault(kind), value: address)
        }
        isNapot = true
        page = (page & ~0xf000) | (address & 0xf000)
      }
      let needed = kind == .store ? EntryBit.accessed | EntryBit.dirty : EntryBit.accessed
      var flags = UInt8(truncatingIfNeeded: entry)
      if entry & needed != needed {
        if !hardwareUpdates {
          recorder.failed(entry & EntryBit.accessed == 0 ? "A is clear (Svade)" : "a store needs D (Svade)")
          throw Trap(.pageFault(kind), value: address)
        }
        flags |= UInt8(truncatingIfNeeded: needed)
        if !isDry {
          guard let host = entryPointer(entryAddress, forStore: true) else {
            throw Trap(.accessFault(kind), value: address)
          }
          host.pointee = entry | needed
        }
      }
      return Leaf(
        physical: page | (address & offsetMask & ~0xfff), flags: flags, level: UInt8(level), isNapot: isNapot)
    }
  }

  /// A page-table entry in RAM that the hart may read (or update) as S-mode does; nil where it may not.
  private func entryPointer(_ address: UInt64, forStore: Bool) -> UnsafeMutablePointer<UInt64>? {
    let memory = memory
    guard memory.contains(address, count: 8) else { return nil }
    guard case .all(let rights) = s.pointee.pmp.rights(address, count: 8, mode: .supervisor),
      rights & (forStore ? 3 : 1) == (forStore ? 3 : 1)
    else { return nil }
    let offset = Int(address &- memory.base)
    if forStore { blocks.storeHappened(offset: offset, count: 8) }
    return (memory.bytes + offset).assumingMemoryBound(to: UInt64.self)
  }

  /// Why an entry is not valid at any level, for any access.
  @inline(__always)
  private func malformed(_ entry: UInt64) -> String? {
    if entry & EntryBit.valid == 0 { return "V is clear" }
    if entry & (EntryBit.read | EntryBit.write) == EntryBit.write { return "W without R is reserved" }
    if entry & EntryBit.reserved != 0 { return "reserved bits 62 to 54 are not zero" }
    return nil
  }

  /// Why a leaf does not allow an access.
  @inline(__always)
  private func denied(_ entry: UInt64, _ kind: AccessKind, mode: PrivilegeMode) -> String? {
    let status = s.pointee.mstatus
    if mode == .user {
      if entry & EntryBit.user == 0 { return "U-mode needs U" }
    } else if entry & EntryBit.user != 0 {
      if kind == .fetch { return "S-mode cannot execute a page with U" }
      if status & Status.sum == 0 { return "S-mode cannot touch a page with U while sstatus.SUM is clear" }
    }
    switch kind {
    case .fetch: return entry & EntryBit.execute == 0 ? "a fetch needs X" : nil
    case .store: return entry & EntryBit.write == 0 ? "a store needs W" : nil
    case .load:
      if entry & EntryBit.read != 0 { return nil }
      return status & Status.mxr != 0 && entry & EntryBit.execute != 0 ? nil : "a load needs R"
    }
  }
}

extension ExceptionCause {
  static func pageFault(_ kind: AccessKind) -> ExceptionCause {
    switch kind {
    case .fetch: .instructionPageFault
    case .load: .loadPageFault
    case .store: .storePageFault
    }
  }

  static func accessFault(_ kind: AccessKind) -> ExceptionCause {
    switch kind {
    case .fetch: .instructionAccessFault
    case .load: .loadAccessFault
    case .store: .storeAccessFault
    }
  }
}
