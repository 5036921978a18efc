/// A page-table walk told step by step.
package struct WalkReport: Sendable {
  /// One page-table entry that was read.
  package struct Reference: Sendable {
    package var stage: TranslationStage
    package var level: Int
    /// Position in its table, 0 to 511; to 2047 in the root of the G-stage.
    package var index: Int
    package var entryAddress: GuestPhysicalAddress
    package var entry: UInt64
    /// It is a leaf: some of R and X is set.
    package var isLeaf: Bool { entry & 0xa != 0 }
    /// What the entry points to.
    package var target: GuestPhysicalAddress { GuestPhysicalAddress(EntryBit.target(entry)) }
  }

  /// The scheme of the first stage.
  package var scheme: PagingScheme
  /// The mode that the access is done in: loads and stores heed `mstatus.MPRV`. Two stages are at work in a virtual one.
  package var mode: PrivilegeMode
  /// `satp`, or `vsatp` in a virtual mode.
  package var satp: UInt64
  /// The G-stage's scheme and `hgatp`, in a virtual mode.
  package var guestStage: (scheme: PagingScheme, hgatp: UInt64)?
  /// Every entry that was read, in order.
  package var references: [Reference] = []
  /// Bytes that the smallest leaf maps.
  package var pageSize: UInt64 = 4096
  /// Where the byte lies, or the trap that the access raises.
  package var result: Result<GuestPhysicalAddress, Trap>
  /// Why it fails, in words.
  package var failure: String?
  /// The mode that would handle the trap.
  package var handler: PrivilegeMode?

  /// Some stage reads page tables.
  package var isPaged: Bool { scheme != .bare || guestStage.map { $0.scheme != .bare } ?? false }
  /// Physical address of the first stage's root table: a guest's in a virtual mode.
  package var root: GuestPhysicalAddress { GuestPhysicalAddress((satp & 0xfff_ffff_ffff) << 12) }
  package var asid: UInt16 { UInt16(truncatingIfNeeded: satp >> 44) }
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
  /// `satp`, or `vsatp` in a virtual mode. Zero for Bare and M.
  package var satp: UInt64
  /// `hgatp` in a virtual mode. Zero for Bare, and elsewhere.
  package var hgatp: UInt64
}

struct ReportingRecorder: WalkRecorder {
  var references: [WalkReport.Reference] = []
  var failure: String?

  mutating func reference(_ stage: TranslationStage, level: Int, index: UInt64, address: UInt64, entry: UInt64) {
    references.append(
      .init(stage: stage, level: level, index: Int(index), entryAddress: GuestPhysicalAddress(address), entry: entry))
  }
  mutating func failed(_ reason: @autoclosure () -> String) { failure = reason() }
}

extension HartPointer {
  func explain(_ address: UInt64, _ kind: AccessKind, in given: PrivilegeMode? = nil) -> WalkReport {
    let mode = given ?? (kind == .fetch ? s.pointee.privilege : dataPrivilege)
    let regime = kind == .fetch ? fetchRegime(mode) : dataRegime(mode)
    func scheme(_ register: UInt64) -> PagingScheme { PagingScheme(rawValue: register >> 60) ?? .bare }
    var report = WalkReport(
      scheme: scheme(regime.addressTranslation), mode: mode, satp: mode.isVirtual ? s.pointee.vsatp : s.pointee.satp,
      guestStage: mode.isVirtual ? (scheme(regime.guestTranslation), s.pointee.hgatp) : nil,
      result: .success(GuestPhysicalAddress(address)))
    var physical = address
    if regime.isPaged {
      var recorder = ReportingRecorder()
      let outcome = Result { () throws(Trap) in
        try walk(address, kind, regime: regime, isDry: true, recorder: &recorder)
      }
      report.references = recorder.references
      report.failure = recorder.failure
      switch outcome {
      case .failure(let trap):
        report.result = .failure(trap)
        report.handler = handlerMode(trap.cause, from: s.pointee.privilege)
        return report
      case .success(let leaf):
        physical = leaf.physical | address & 0xfff
        report.pageSize = leaf.size
        report.result = .success(GuestPhysicalAddress(physical))
      }
    }
    if case .all(let bits) = s.pointee.pmp.rights(physical, count: 1, mode: mode), bits & kind.right != 0 {
      return report
    }
    let entry = s.pointee.pmp.decidingEntry(physical, count: 1)
    report.failure =
      entry.map { "PMP entry \($0) forbids it" } ?? "no PMP entry matches, and \(mode.letter)-mode needs one"
    report.result = .failure(Trap(.accessFault(kind), value: address))
    report.handler = handlerMode(.accessFault(kind), from: s.pointee.privilege)
    return report
  }

  /// The walk without rights: what a debugger sees through the guest's tables, of both stages in a virtual mode.
  func physicalAddress(of address: UInt64, in mode: PrivilegeMode) -> UInt64? {
    let regime = fetchRegime(mode)
    guard regime.addressTranslation != 0 else { return guestPhysicalAddress(address, regime) }
    return follow(regime.addressTranslation, address, rootMask: 511) { guestPhysicalAddress($0, regime) }
  }

  /// Follows the G-stage, if there is one.
  func guestPhysicalAddress(_ address: UInt64, _ regime: TranslationRegime) -> UInt64? {
    guard regime.guestTranslation != 0 else { return address }
    return follow(regime.guestTranslation & ~3, address, rootMask: 2047) { $0 }
  }

  /// Follows one stage's tables; `next` says where an address that they hold lies.
  private func follow(
    _ register: UInt64, _ address: UInt64, rootMask: UInt64, next: (UInt64) -> UInt64?
  ) -> UInt64? {
    guard let scheme = PagingScheme(rawValue: register >> 60) else { return nil }
    var table = (register & 0xfff_ffff_ffff) << 12
    for level in (0..<scheme.levels).reversed() {
      let index = (address &>> UInt64(12 + 9 * level)) & (level == scheme.levels - 1 ? rootMask : 511)
      guard let place = next(table &+ index &* 8),
        let entry = memory.load(GuestPhysicalAddress(place), as: UInt64.self),
        entry & EntryBit.valid != 0
      else { return nil }
      table = EntryBit.target(entry)
      if entry & (EntryBit.read | EntryBit.execute) != 0 {
        let mask = entry & EntryBit.napot != 0 ? 0xffff : (UInt64(1) << UInt64(12 + 9 * level)) - 1
        return next(table & ~mask | address & mask)
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
            mode: slot.mode, satp: slot.addressTranslation, hgatp: slot.guestTranslation))
      }
    }
    return result
  }
}
