// The CSRs that instructions and traps write, recorded under the names of the registers that hold the bits: a write of `sstatus`
// is one of `mstatus`, a write of `fcsr` is one of `fflags` and one of `frm`.

/// What a write may change by the way, as it was before.
struct StatusBefore {
  let status: UInt64
  let guestStatus: UInt64
  let pending: UInt64

  init(_ h: HartPointer) {
    status = h.s.pointee.mstatus
    guestStatus = h.s.pointee.vsstatus
    pending = h.s.pointee.mip
  }
}

extension HartPointer {
  func recordEffect(_ csr: CSR, _ value: UInt64) { recordEffect(csr.rawValue, value) }

  private func recordEffect(_ number: UInt16, _ value: UInt64) {
    append(
      EventRecord(.effect, self, privilege: s.pointee.privilege, bits: UInt32(number), a: value), isUrgent: false)
  }

  /// Records registers with the values that they have now.
  func recordEffects(_ registers: CSR...) {
    for csr in registers { recordEffect(csr, readCSR(csr.rawValue) ?? 0) }
  }

  /// Records the status registers where a floating-point instruction made `FS` dirty.
  func recordDirty(_ before: StatusBefore) {
    guard s.pointee.mstatus != before.status || s.pointee.vsstatus != before.guestStatus else { return }
    recordEffects(.mstatus)
    if s.pointee.privilege.isVirtual { recordEffects(.vsstatus) }
  }

  /// An instruction wrote a CSR, which now reads as `value`.
  func recordWrite(to number: UInt16, _ value: UInt64, _ before: StatusBefore) {
    switch CSR(rawValue: number) {
    case .sstatus: recordEffects(.mstatus)
    case .sie: recordEffects(.sie, .mie)
    case .hie, .vsie: recordEffects(.mie)
    case .mip, .sip: recordPending(before)
    case .hip, .vsip: recordEffects(.mip)
    case .hvip: recordEffects(.mip, .hvip)
    case .fcsr:
      recordEffects(.fflags, .frm)
      recordDirty(before)
    case .fflags, .frm:
      recordEffect(number, value)
      recordDirty(before)
    default:
      // Performance counters are wired to zero: nothing is written.
      let counters = CSRGroup.mhpmcounter
      if counters.number(3)...counters.number(31) ~= number { return }
      recordEffect(number, value)
    }
  }

  /// Something in the place of this hart accessed a CSR of the present mode's traps. Of the status register it changed plain
  /// bits and FS only.
  func recordAccess(_ record: EventRecord) {
    if s.pointee.eventMask.contains(.csr) { append(record, isUrgent: false) }
    guard record.kind == .csrWrite, s.pointee.eventMask.contains(.effects) else { return }
    var effect = EventRecord(.effect, self, privilege: record.privilege, bits: record.bits, a: record.b)
    (effect.pc, effect.retired, effect.clock) = (record.pc, record.retired, record.clock)
    if record.bits == UInt32(CSR.sstatus.rawValue) {
      let changeable = TrapRegister.plainStatus(in: .supervisor) | TrapRegister.floatStatus
      effect.bits = UInt32(CSR.mstatus.rawValue)
      effect.a = readCSR(CSR.mstatus.rawValue)! & ~changeable | record.b & changeable
    }
    append(effect, isUrgent: false)
  }

  /// `mip` was written, which Spike logs as a write of `mvip` too: `SEIP` is an alias of the bit there, and the others read as
  /// they were.
  private func recordPending(_ before: StatusBefore) {
    var alias = before.pending & Interrupt.supervisorSoftware.mask
    if s.pointee.menvcfg & MachineEnvironment.stce == 0 { alias |= before.pending & Interrupt.supervisorTimer.mask }
    alias |= s.pointee.mipSoftware & Interrupt.supervisorExternal.mask
    append(
      EventRecord(
        .effect, self, privilege: s.pointee.privilege, detail: 1, bits: UInt32(CSR.mip.rawValue), a: s.pointee.mip,
        b: alias), isUrgent: false)
  }

  /// A trap or an interrupt entered a handler.
  func recordEntry(to mode: PrivilegeMode) {
    switch mode {
    case .virtualSupervisor: recordEffects(.vsstatus, .vsepc, .vscause, .vstval)
    case .supervisor: recordEffects(.mstatus, .sepc, .scause, .stval, .hstatus, .htval, .htinst)
    default: recordEffects(.mstatus, .mepc, .mcause, .mtval, .mtval2, .mtinst)
    }
  }
}
