/// A page-table walk told step by step.
package struct WalkReport: Sendable {
  /// One page-table entry that was read.
  package struct Reference: Sendable {
    package var level: Int
    /// Position in its table, 0 to 511.
    package var index: Int
    package var entryAddress: GuestPhysicalAddress
    package var entry: UInt64
    /// It is a leaf: some of R and X is set.
    package var isLeaf: Bool { entry & 0xa != 0 }
    /// What the entry points to.
    package var target: GuestPhysicalAddress { GuestPhysicalAddress((entry >> 10 & 0xfff_ffff_ffff) << 12) }
  }

  package var scheme: PagingScheme
  /// The privilege that the access is done with: loads and stores heed `mstatus.MPRV`.
  package var mode: PrivilegeMode
  package var satp: UInt64
  package var root: GuestPhysicalAddress
  package var asid: UInt16
  package var references: [Reference] = []
  /// Bytes that the leaf maps.
  package var pageSize: UInt64 = 4096
  /// Where the byte lies, or the trap that the access raises.
  package var result: Result<GuestPhysicalAddress, Trap>
  /// Why it fails, in words.
  package var failure: String?
}

/// One translation in a TLB.
package struct TLBEntry: Sendable {
  package var holdsFetches: Bool
  package var virtualPage: GuestVirtualAddress
  package var physicalPage: GuestPhysicalAddress
  /// Bytes of the leaf that it came from.
  package var pageSize: UInt64
  /// V R W X U G A D in bits 0 to 7.
  package var flags: UInt8
  package var mode: PrivilegeMode
  /// Zero for Bare and M.
  package var satp: UInt64
}

struct ReportingRecorder: WalkRecorder {
  var references: [WalkReport.Reference] = []
  var failure: String?

  mutating func reference(level: Int, index: UInt64, address: UInt64, entry: UInt64) {
    references.append(
      .init(level: level, index: Int(index), entryAddress: GuestPhysicalAddress(address), entry: entry))
  }
  mutating func failed(_ reason: @autoclosure () -> String) { failure = reason() }
}

extension HartPointer {
  func explain(_ address: UInt64, _ kind: AccessKind) -> WalkReport {
    let satp = s.pointee.satp
    let mode = kind == .fetch ? s.pointee.privilege : dataPrivilege
    let scheme = mode == .machine ? .bare : PagingScheme(rawValue: satp >> 60) ?? .bare
    var report = WalkReport(
      scheme: scheme, mode: mode, satp: satp, root: GuestPhysicalAddress((satp & 0xfff_ffff_ffff) << 12),
      asid: UInt16(truncatingIfNeeded: satp >> 44), result: .success(GuestPhysicalAddress(address)))
    var physical = address
    if scheme != .bare {
      var recorder = ReportingRecorder()
      let outcome = Result { () throws(Trap) in
        try walk(address, kind, mode: mode, isDry: true, recorder: &recorder)
      }
      report.references = recorder.references
      report.failure = recorder.failure
      switch outcome {
      case .failure(let trap):
        report.result = .failure(trap)
        return report
      case .success(let leaf):
        physical = leaf.physical | address & 0xfff
        report.pageSize = leaf.isNapot ? 65536 : 4096 << (9 * UInt64(leaf.level))
        report.result = .success(GuestPhysicalAddress(physical))
      }
    }
    let needed: UInt8 = kind == .load ? 1 : kind == .store ? 2 : 4
    let rights = s.pointee.pmp.rights(physical, count: 1, mode: mode)
    if case .all(let bits) = rights, bits & needed != 0 { return report }
    let entry = s.pointee.pmp.decidingEntry(physical, count: 1)
    report.failure =
      entry.map { "PMP entry \($0) forbids it" } ?? "no PMP entry matches, and \(mode.letter)-mode needs one"
    report.result = .failure(Trap(.accessFault(kind), value: address))
    return report
  }

  /// The walk without rights: what a debugger sees through the guest's tables.
  func physicalAddress(of address: UInt64) -> UInt64? {
    let satp = s.pointee.satp
    guard s.pointee.privilege != .machine, let scheme = PagingScheme(rawValue: satp >> 60), scheme != .bare else {
      return address
    }
    var table = (satp & 0xfff_ffff_ffff) << 12
    for level in (0..<scheme.levels).reversed() {
      let index = (address &>> UInt64(12 + 9 * level)) & 511
      guard let entry = memory.load(GuestPhysicalAddress(table &+ index &* 8), as: UInt64.self), entry & 1 != 0 else {
        return nil
      }
      table = (entry >> 10 & 0xfff_ffff_ffff) << 12
      if entry & 0xa != 0 {
        var mask = (UInt64(1) << UInt64(12 + 9 * level)) - 1
        if entry & EntryBit.napot != 0 { mask = 0xffff }
        return table & ~mask | address & mask
      }
    }
    return nil
  }

  func tlbEntries() -> [TLBEntry] {
    let contexts = s.pointee.contexts
    var slots: [UInt64: ContextTable.Slot] = [:]
    for index in 0..<ContextTable.slotCount where contexts.slots[index].bits != .max {
      slots[contexts.slots[index].tag] = contexts.slots[index]
    }
    var result: [TLBEntry] = []
    for (tlb, holdsFetches) in [(s.pointee.fetchTLB, true), (s.pointee.dataTLB, false)] {
      for index in 0..<tlb.count where tlb.entries[index].tag != .max {
        guard let slot = slots[tlb.entries[index].tag & 0xff8] else { continue }
        let translation = tlb.translations[index]
        result.append(
          TLBEntry(
            holdsFetches: holdsFetches, virtualPage: GuestVirtualAddress(tlb.entries[index].tag & ~0xfff),
            physicalPage: GuestPhysicalAddress(translation.physicalPage),
            pageSize: translation.isNapot ? 65536 : 4096 << (9 * UInt64(translation.level)), flags: translation.flags,
            mode: PrivilegeMode(rawValue: UInt8(slot.bits & 3)) ?? .user, satp: slot.satp))
      }
    }
    return result
  }
}
