// A hart in the role of a physical one: it runs a guest's code on the host's memory, and stops where it traps into the monitor.
extension Hart {
  /// Makes this hart one of a host under a monitor: in HS-mode, all traps delegated there, all memory open to S and U.
  package func becomePhysical() {
    let state = pointer.s
    state.pointee.isMonitored = true
    state.pointee.recordLimit = EventBuffer.fullOfPhysical
    for (csr, value): (CSR, UInt64) in [
      (.medeleg, .max), (.mideleg, .max), (.mcounteren, .max), (.menvcfg, .max),
    ] {
      pointer.writeCSR(csr.rawValue, value)
    }
    // One entry of PMP, NAPOT over everything: read, write, execute.
    pointer.writeCSR(CSRGroup.pmpaddr.number(0), .max)
    pointer.writeCSR(CSRGroup.pmpcfg.number(0), 0x1f)
    privilege = .supervisor
  }

  /// Why the hart came to the monitor.
  package struct Exit: Sendable {
    package var cause: ExceptionCause
    /// `stval`.
    package var value: UInt64
    /// `sepc`: the guest's pc.
    package var pc: UInt64
    /// `htval` as an address: what the G-stage refused.
    package var guestPhysicalAddress: UInt64
    /// `htinst`.
    package var instruction: UInt64
  }

  /// The exit that ended the last run; nil where it ended otherwise. Asked once.
  package func takeExit() -> Exit? {
    let state = pointer.s
    guard state.pointee.hasExited else { return nil }
    state.pointee.hasExited = false
    return Exit(
      cause: ExceptionCause(rawValue: state.pointee.scause)!, value: state.pointee.stval, pc: state.pointee.sepc,
      guestPhysicalAddress: state.pointee.htval << 2 | state.pointee.stval & 3, instruction: state.pointee.htinst)
  }

  /// Leaves the monitor, as `sret` does: the guest's code goes on in `mode`.
  /// Where the simulator's turn had ended a run, nothing is entered: that costs nothing.
  package func enterGuest(_ mode: PrivilegeMode, pc: UInt64, isEntry: Bool) {
    let state = pointer.s
    pointer.creditMode()
    if isEntry { state.pointee.counts[Int(mode.rawValue)].trapReturns &+= 1 }
    state.pointee.pc = pc
    state.pointee.privilege = mode
    pointer.updateContexts()
  }

  /// Goes back to the monitor without a trap, for a run that the simulator's turn ended: it costs nothing.
  package func leaveGuest() {
    pointer.creditMode()
    let mode = pointer.s.pointee.privilege
    pointer.s.pointee.hstatus &= ~HypervisorStatus.spvp
    if mode == .virtualSupervisor { pointer.s.pointee.hstatus |= HypervisorStatus.spvp }
    pointer.s.pointee.privilege = .supervisor
    pointer.updateContexts()
  }

  /// Copies all integer and floating-point registers, `fflags`, `frm` and the LR reservation of another hart: the reservation is
  /// one item, kept by its place in memory.
  package func copyRegisters(from other: Hart) {
    pointer.x.update(from: other.pointer.x, count: HartPointer.registerCount)
    pointer.s.pointee.fflags = other.pointer.s.pointee.fflags
    pointer.s.pointee.frm = other.pointer.s.pointee.frm
    pointer.s.pointee.reservation = other.pointer.s.pointee.reservation
    pointer.s.pointee.reservationEpoch = other.pointer.s.pointee.reservationEpoch
  }

  /// Sets `satp` as a monitor does that keeps an ASID for each root: no flush.
  package func setTranslation(_ satp: UInt64) {
    guard pointer.s.pointee.satp != satp else { return }
    pointer.s.pointee.satp = satp
  }

  /// Lets U-mode reach the memory that `guestTranslation`, a value of `hgatp`, leads to by `hlv` and `hsv`, or nothing where that is nil;
  /// and says where in the present address space translated code lies.
  package func openContext(_ guestTranslation: UInt64?, code: TranslatedCode?, at base: UInt64) {
    let state = pointer.s
    state.pointee.lent.close()
    state.pointee.hstatus &= ~(HypervisorStatus.hu | HypervisorStatus.spvp)
    if let guestTranslation {
      state.pointee.hstatus |= HypervisorStatus.hu
      state.pointee.hgatp = guestTranslation
      state.pointee.vsatp = 0
    }
    state.pointee.translatedWindow =
      code.map { TranslatedWindow(base: base, size: $0.size, physical: $0.base) } ?? TranslatedWindow()
  }

  /// `mstatus.FS` and `vsstatus.FS`: 0 off, 1 initial, 2 clean, 3 dirty.
  package var floatStatus: UInt64 {
    get { (pointer.s.pointee.mstatus & Status.fs) >> 13 }
    set { pointer.s.pointee.mstatus = pointer.s.pointee.mstatus & ~Status.fs | newValue << 13 & Status.fs }
  }
  package var guestFloatStatus: UInt64 {
    get { (pointer.s.pointee.vsstatus & Status.fs) >> 13 }
    set { pointer.s.pointee.vsstatus = pointer.s.pointee.vsstatus & ~Status.fs | newValue << 13 & Status.fs }
  }
  /// Marks floating-point state as changed in every field that governs the running mode.
  package func dirtyFloat() { pointer.dirtyFloat() }

  /// What of `cbo.zero` and its like the environment registers let the running mode do, as bits of `senvcfg`.
  package var permittedEnvironment: UInt64 {
    let state = pointer.s
    switch pointer.s.pointee.privilege {
    case .machine: return .max
    case .supervisor: return state.pointee.menvcfg
    case .user: return state.pointee.menvcfg & state.pointee.senvcfg
    case .virtualSupervisor: return state.pointee.menvcfg & state.pointee.henvcfg
    case .virtualUser: return state.pointee.menvcfg & state.pointee.henvcfg & state.pointee.senvcfg
    }
  }
  /// Sets `senvcfg` to what of these bits may act without the monitor: only `cbo.zero` does, the others are stepped.
  package func permitOnly(environment: UInt64) { pointer.s.pointee.senvcfg = environment & MachineEnvironment.cbze }

  /// Forgets translations of the first stage without V, as `sfence.vma` does: of one page, or all.
  package func fenceHost(address: UInt64?) { pointer.fence(.host, address: address, asid: nil) }
  /// Forgets translations of guests, as `hfence.gvma` does.
  package func fenceGuest(vmid: UInt16?) { pointer.fence(.guestStage(vmid: vmid), address: nil, asid: nil) }
  /// Forgets translations of one guest's first stage, as `hfence.vvma` does.
  package func fenceGuestStageOne(vmid: UInt16, address: UInt64?) {
    pointer.fence(.guest(vmid: vmid), address: address, asid: nil)
  }

  /// Takes over what a virtual hart is to report of what this one does for it. Its physical ranges are looked for where the pages
  /// of its memory lie now. `kinds` says which kinds of events to report for some that the virtual hart was asked for.
  package func observeAs(_ virtual: Hart, kinds: (EventMask) -> EventMask) {
    let state = virtual.pointer.s
    observe(urgent: kinds(state.pointee.urgentMask), recorded: kinds(state.pointee.eventMask))
    if state.pointee.watches.ranges.isEmpty && pointer.s.pointee.watches.ranges.isEmpty { return }
    let ranges = state.pointee.watches.ranges.flatMap { range in
      range.space == .physical ? pieces(of: range, in: virtual) : [range]
    }
    if ranges != watchedRanges { watchedRanges = ranges }
  }

  /// A recorded access to memory was to a watched place.
  package func isWatched(_ record: EventRecord) -> Bool {
    pointer.isWatched(record.a, record.b, UInt64(record.detail), record.kind == .load ? .load : .store)
  }

  /// A range of a virtual hart's memory as ranges of this one's: nothing of pages that nobody touched yet.
  private func pieces(of range: WatchedRange, in virtual: Hart) -> [WatchedRange] {
    let (memory, host) = (virtual.pointer.memory, pointer.memory)
    var pieces: [WatchedRange] = []
    var (address, left) = (range.address, range.count)
    while left > 0 {
      var piece = range
      piece.count = min(left, 4096 - address & 4095)
      if memory.contains(address), let place = memory.place(ofPage: Int(address &- memory.base) >> 12) {
        piece.address = host.base &+ UInt64(place) << 12 | address & 4095
        pieces.append(piece)
      }
      address &+= piece.count
      left -= piece.count
    }
    return pieces
  }

  /// The address of a virtual hart's memory at which a place in this hart's lies; the same where none does.
  private func virtualAddress(_ address: UInt64, in virtual: Hart) -> UInt64 {
    let (memory, host) = (virtual.pointer.memory, pointer.memory)
    guard host.contains(address), let page = memory.page(at: Int(address &- host.base) >> 12) else { return address }
    return memory.base &+ UInt64(page) << 12 | address & 4095
  }

  /// Hands what this hart recorded to the virtual one, as things that happened there in its modes and at its addresses.
  /// `rename` gives a record what the guest knows it by; false where it is none of the guest's.
  package func handRecords(
    to virtual: Hart, mode: (PrivilegeMode) -> PrivilegeMode, rename: (inout EventRecord) -> Bool
  ) {
    guard hasRecords else { return }
    for record in records {
      var record = record
      guard rename(&record) else { continue }
      let isStandIn = record.privilege.isVirtual && !mode(record.privilege).isVirtual
      if isStandIn && !virtual.rename(&record) { continue }
      record.privilege = mode(record.privilege)
      record.hart = UInt8(truncatingIfNeeded: virtual.index)
      record.retired = record.retired &+ (virtual.pointer.s.pointee.retired &- pointer.s.pointee.retired)
      switch record.kind {
      case .load, .store, .update, .tlbFill: record.b = virtualAddress(record.b, in: virtual)
      case .trap, .interrupt, .privilege:
        record.detail = EventRecord.modes(from: mode(record.from), to: mode(record.to))
      default: break
      }
      if record.kind == .csrWrite || record.kind == .csrRead {
        virtual.pointer.recordAccess(record)
      } else {
        virtual.pointer.append(record, isUrgent: false)
      }
    }
    if hasUrgentEvents {
      virtual.pointer.s.pointee.hasUrgentEvents = true
      virtual.pointer.s.pointee.wantsAttention = true
    }
    forgetRecords()
  }
}
