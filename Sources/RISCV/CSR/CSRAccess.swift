/// Bits of `menvcfg` and `senvcfg`.
enum MachineEnvironment {
  static let fiom: UInt64 = 1
  static let cbie: UInt64 = 3 << 4
  static let cbcfe: UInt64 = 1 << 6
  static let cbze: UInt64 = 1 << 7
  static let adue: UInt64 = 1 << 61
  static let stce: UInt64 = 1 << 63
}

/// Reading and writing CSRs: WARL rules here, privilege in ``HartPointer/checkAccess(_:isWrite:)``.
extension HartPointer {
  static let interruptMask: UInt64 = 0xeee
  static let supervisorInterrupts: UInt64 = 0x222
  /// VSSI, VSTI, VSEI: always delegated to HS-mode.
  static let virtualInterrupts: UInt64 = 0x444
  static let delegableExceptions: UInt64 = 0xf0_b7ff
  static let guestDelegableExceptions: UInt64 = 0xb1ff
  static let sstatusMask: UInt64 =
    Status.sie | Status.spie | Status.spp | Status.fs | Status.sum | Status.mxr | Status.uxl64 | (3 << 32)
  private static let mstatusWritable: UInt64 =
    Status.sie | Status.mie | Status.spie | Status.mpie | Status.spp | Status.mpp | Status.fs | Status.mprv
    | Status.sum | Status.mxr | Status.tvm | Status.tw | Status.tsr | Status.mpv | Status.gva
  private static let hstatusWritable: UInt64 =
    HypervisorStatus.gva | HypervisorStatus.spv | HypervisorStatus.spvp | HypervisorStatus.hu | HypervisorStatus.vtvm
    | HypervisorStatus.vtw | HypervisorStatus.vtsr
  /// RV64 with I, M, A, F, D, C, H, S and U.
  static let misa: UInt64 = 2 << 62 | [8, 12, 0, 5, 3, 2, 7, 18, 20].reduce(0) { $0 | 1 << $1 }

  /// The value of a CSR, without side effect or privilege check; nil when this machine does not have it.
  func readCSR(_ number: UInt16) -> UInt64? {
    let state = s
    guard let csr = CSR(rawValue: number) else { return readGroup(number) }
    switch csr {
    case .fflags: return UInt64(state.pointee.fflags)
    case .frm: return UInt64(state.pointee.frm)
    case .fcsr: return UInt64(state.pointee.fflags) | UInt64(state.pointee.frm) << 5
    case .cycle, .mcycle: return counter(state.pointee.clock, state.pointee.cycleOffset, inhibit: 0)
    case .instret, .minstret: return counter(state.pointee.retired, state.pointee.instretOffset, inhibit: 2)
    case .time: return state.pointee.time &+ (state.pointee.privilege.isVirtual ? state.pointee.htimedelta : 0)
    case .sstatus: return Self.status(state.pointee.mstatus, isMachine: false)
    case .sie: return state.pointee.mie & state.pointee.mideleg
    case .stvec: return state.pointee.stvec
    case .scounteren: return state.pointee.scounteren
    case .senvcfg: return state.pointee.senvcfg
    case .sscratch: return state.pointee.sscratch
    case .sepc: return state.pointee.sepc
    case .scause: return state.pointee.scause
    case .stval: return state.pointee.stval
    case .sip: return state.pointee.mip & state.pointee.mideleg
    case .hstatus: return state.pointee.hstatus | HypervisorStatus.vsxl64
    case .hedeleg: return state.pointee.hedeleg
    case .hideleg: return state.pointee.hideleg
    case .hie: return state.pointee.mie & Self.virtualInterrupts
    case .hip: return state.pointee.mip & Self.virtualInterrupts
    case .hvip: return state.pointee.mipSoftware & Self.virtualInterrupts
    case .hcounteren: return state.pointee.hcounteren
    case .htimedelta: return state.pointee.htimedelta
    case .henvcfg: return guestEnvironment
    case .htval: return state.pointee.htval
    case .htinst: return state.pointee.htinst
    case .hgatp: return state.pointee.hgatp
    // No guest external interrupt lines (GEILEN is 0).
    case .hgeie, .hgeip: return 0
    case .vsstatus: return Self.status(state.pointee.vsstatus, isMachine: false)
    case .vsie: return (state.pointee.mie & state.pointee.hideleg) >> 1
    case .vsip: return (state.pointee.mip & state.pointee.hideleg) >> 1
    case .vstvec: return state.pointee.vstvec
    case .vsscratch: return state.pointee.vsscratch
    case .vsepc: return state.pointee.vsepc
    case .vscause: return state.pointee.vscause
    case .vstval: return state.pointee.vstval
    case .vstimecmp: return state.pointee.vstimecmp
    case .vsatp: return state.pointee.vsatp
    case .mtval2: return state.pointee.mtval2
    case .mtinst: return state.pointee.mtinst
    case .stimecmp: return state.pointee.stimecmp
    case .satp: return state.pointee.satp
    case .mstatus: return Self.status(state.pointee.mstatus, isMachine: true)
    case .misa: return Self.misa
    case .medeleg: return state.pointee.medeleg
    case .mideleg: return state.pointee.mideleg | Self.virtualInterrupts
    case .mie: return state.pointee.mie
    case .mtvec: return state.pointee.mtvec
    case .mcounteren: return state.pointee.mcounteren
    case .menvcfg: return state.pointee.menvcfg
    case .mcountinhibit: return state.pointee.mcountinhibit
    case .mscratch: return state.pointee.mscratch
    case .mepc: return state.pointee.mepc
    case .mcause: return state.pointee.mcause
    case .mtval: return state.pointee.mtval
    case .mip: return state.pointee.mip
    case .mvendorid, .marchid, .mimpid, .mconfigptr: return 0
    // One trigger slot that holds no trigger (Sdtrig: a `tdata1` of type 0): software that looks for triggers finds none.
    case .tselect, .tdata1, .tdata2, .tdata3: return 0
    case .tinfo: return 1
    case .mhartid: return UInt64(state.pointee.index)
    }
  }

  /// `mstatus` as it reads, or `sstatus` and `vsstatus`, from what is stored.
  @inline(__always)
  static func status(_ stored: UInt64, isMachine: Bool) -> UInt64 {
    let status = isMachine ? stored | Status.uxl64 | Status.sxl64 : (stored | Status.uxl64) & sstatusMask
    return status & Status.fs == Status.fs ? status | Status.sd : status
  }

  private func counter(_ running: UInt64, _ offset: UInt64, inhibit bit: UInt64) -> UInt64 {
    s.pointee.mcountinhibit >> bit & 1 != 0 ? offset : running &+ offset
  }

  /// Registers that come in groups: PMP, and the performance counters, which are all zero.
  private func readGroup(_ number: UInt16) -> UInt64? {
    switch number {
    case 0xc03...0xc1f, 0xb03...0xb1f, 0x323...0x33f: return 0
    case 0x3a0, 0x3a2:
      let first = Int(number - 0x3a0) * 4
      return (0..<8).reduce(0) { $0 | UInt64(s.pointee.pmp.configuration[first + $1]) << UInt64(8 * $1) }
    case 0x3b0...0x3bf: return s.pointee.pmp.address[Int(number - 0x3b0)]
    default: return nil
    }
  }

  /// Writes a CSR as an instruction does that has passed its checks. What is read-only or not there stays as it is.
  func writeCSR(_ number: UInt16, _ value: UInt64) {
    guard let csr = CSR(rawValue: number) else { return writeGroup(number, value) }
    switch csr {
    case .fflags:
      s.pointee.fflags = UInt8(value & 31)
      dirtyFloat()
    case .frm:
      s.pointee.frm = UInt8(value & 7)
      dirtyFloat()
    case .fcsr:
      s.pointee.fflags = UInt8(value & 31)
      s.pointee.frm = UInt8((value >> 5) & 7)
      dirtyFloat()
    case .sstatus: writeStatus(value, writable: Self.sstatusMask & Self.mstatusWritable)
    case .sie: writeInterruptEnable(value, writable: s.pointee.mideleg)
    case .stvec: s.pointee.stvec = value & ~2
    case .scounteren: s.pointee.scounteren = value & 0xffff_ffff
    case .senvcfg: s.pointee.senvcfg = environment(value, old: s.pointee.senvcfg)
    case .sscratch: s.pointee.sscratch = value
    case .sepc: s.pointee.sepc = value & ~1
    case .scause: s.pointee.scause = value
    case .stval: s.pointee.stval = value
    case .sip:
      writeSoftwareInterrupts(value, writable: s.pointee.mideleg & Interrupt.supervisorSoftware.mask)
    case .hstatus:
      s.pointee.hstatus = value & Self.hstatusWritable
      s.pointee.lent.close()
    case .hedeleg: s.pointee.hedeleg = value & Self.guestDelegableExceptions
    case .hideleg:
      s.pointee.hideleg = value & Self.virtualInterrupts
      s.pointee.recheck = true
    case .hie: writeInterruptEnable(value, writable: Self.virtualInterrupts)
    case .hip: writeSoftwareInterrupts(value, writable: Interrupt.virtualSupervisorSoftware.mask)
    case .hvip: writeSoftwareInterrupts(value, writable: Self.virtualInterrupts)
    case .hcounteren: s.pointee.hcounteren = value & 0xffff_ffff
    case .htimedelta:
      s.pointee.htimedelta = value
      updateTimers()
    case .henvcfg: writeGuestEnvironment(value)
    case .htval: s.pointee.htval = value
    case .htinst: s.pointee.htinst = value
    case .hgatp: writeHGATP(value)
    case .vsstatus: writeGuestStatus(value)
    case .vsie: writeInterruptEnable(value << 1, writable: s.pointee.hideleg)
    case .vsip:
      writeSoftwareInterrupts(value << 1, writable: s.pointee.hideleg & Interrupt.virtualSupervisorSoftware.mask)
    case .vstvec: s.pointee.vstvec = value & ~2
    case .vsscratch: s.pointee.vsscratch = value
    case .vsepc: s.pointee.vsepc = value & ~1
    case .vscause: s.pointee.vscause = value
    case .vstval: s.pointee.vstval = value
    case .vstimecmp:
      s.pointee.vstimecmp = value
      updateTimers()
    case .vsatp: writeVSATP(value)
    case .mtval2: s.pointee.mtval2 = value
    case .mtinst: s.pointee.mtinst = value
    case .stimecmp:
      s.pointee.stimecmp = value
      updateTimers()
    case .satp: writeSATP(value)
    case .mstatus: writeStatus(value, writable: Self.mstatusWritable)
    case .medeleg: s.pointee.medeleg = value & Self.delegableExceptions
    case .mideleg:
      s.pointee.mideleg = value & Self.supervisorInterrupts
      s.pointee.recheck = true
    case .mie: writeInterruptEnable(value, writable: Self.interruptMask)
    case .mtvec: s.pointee.mtvec = value & ~2
    case .mcounteren: s.pointee.mcounteren = value & 0xffff_ffff
    case .menvcfg: writeMachineEnvironment(value)
    case .mcountinhibit: writeCountInhibit(value & 5)
    case .mscratch: s.pointee.mscratch = value
    case .mepc: s.pointee.mepc = value & ~1
    case .mcause: s.pointee.mcause = value
    case .mtval: s.pointee.mtval = value
    case .mip:
      var writable = Self.supervisorInterrupts | Interrupt.virtualSupervisorSoftware.mask
      if s.pointee.menvcfg & MachineEnvironment.stce != 0 { writable &= ~Interrupt.supervisorTimer.mask }
      writeSoftwareInterrupts(value, writable: writable)
    case .mcycle: s.pointee.cycleOffset = s.pointee.mcountinhibit & 1 != 0 ? value : value &- s.pointee.clock
    case .minstret: s.pointee.instretOffset = s.pointee.mcountinhibit & 4 != 0 ? value : value &- s.pointee.retired
    case .misa, .mvendorid, .marchid, .mimpid, .mhartid, .mconfigptr, .cycle, .time, .instret, .tselect, .tdata1,
      .tdata2, .tdata3, .tinfo, .hgeie, .hgeip:
      break
    }
  }

  /// An instruction that writes a running counter does not count itself: the next one reads what was written.
  func discountCounterWrite(_ number: UInt16) {
    if number == CSR.mcycle.rawValue && s.pointee.mcountinhibit & 1 == 0 { s.pointee.cycleOffset &-= 1 }
    if number == CSR.minstret.rawValue && s.pointee.mcountinhibit & 4 == 0 { s.pointee.instretOffset &-= 1 }
  }

  private func writeGroup(_ number: UInt16, _ value: UInt64) {
    switch number {
    case 0x3a0, 0x3a2:
      let first = Int(number - 0x3a0) * 4
      for index in 0..<8 {
        s.pointee.pmp.setConfiguration(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)), at: first + index)
      }
      protectionChanged()
    case 0x3b0...0x3bf:
      s.pointee.pmp.setAddress(value, at: Int(number - 0x3b0))
      protectionChanged()
    default: break
    }
  }

  /// Rights are kept with translations, so a change of PMP forgets them all; the specification asks for an `sfence.vma` here.
  private func protectionChanged() {
    s.pointee.protectionEpoch &+= 1
    s.pointee.openStart = s.pointee.pmp.openStart(base: memory.base, size: memory.size)
    s.pointee.openSize = memory.size - s.pointee.openStart
    s.pointee.contexts.removeAll()
    s.pointee.contexts.epoch.pointee &+= 1
    updateContexts()
  }

  private func writeStatus(_ value: UInt64, writable: UInt64) {
    let old = s.pointee.mstatus
    var new = old & ~writable | value & writable
    if new & Status.mpp == 2 << 11 { new = new & ~Status.mpp | old & Status.mpp }
    s.pointee.mstatus = new
    let translating = Status.sum | Status.mxr | Status.mprv | Status.mpp
    if (old ^ new) & translating != 0 { updateContexts() }
    s.pointee.recheck = true
  }

  private func writeInterruptEnable(_ value: UInt64, writable: UInt64) {
    s.pointee.mie = s.pointee.mie & ~writable | value & writable
    s.pointee.recheck = true
  }

  private func writeSoftwareInterrupts(_ value: UInt64, writable: UInt64) {
    s.pointee.mipSoftware = s.pointee.mipSoftware & ~writable | value & writable
    s.pointee.recheck = true
  }

  private func writeGuestStatus(_ value: UInt64) {
    let old = s.pointee.vsstatus
    s.pointee.vsstatus = value & Self.sstatusMask & Self.mstatusWritable
    if (old ^ s.pointee.vsstatus) & (Status.sum | Status.mxr) != 0 { updateContexts() }
    s.pointee.recheck = true
  }

  private func writeSATP(_ value: UInt64) {
    guard PagingScheme(rawValue: value >> 60) != nil else { return }
    s.pointee.satp = value
    updateContexts()
  }

  /// A guest's write of `satp` with a scheme that is not there does nothing; by its own name the register keeps its old scheme.
  private func writeVSATP(_ value: UInt64) {
    var value = value
    if PagingScheme(rawValue: value >> 60) == nil {
      if s.pointee.privilege.isVirtual { return }
      value = value & (.max >> 4) | s.pointee.vsatp & ~(.max >> 4)
    }
    s.pointee.vsatp = value
    updateContexts()
  }

  /// VMID has all 14 bits; the two low bits of the root's page number are zero.
  private func writeHGATP(_ value: UInt64) {
    let mode = PagingScheme(rawValue: value >> 60) == nil ? s.pointee.hgatp >> 60 : value >> 60
    s.pointee.hgatp = value & 0x3ff_ffff_ffff_fffc | mode << 60
    updateContexts()
  }

  private func environment(_ value: UInt64, old: UInt64) -> UInt64 {
    let writable =
      MachineEnvironment.fiom | MachineEnvironment.cbie | MachineEnvironment.cbcfe | MachineEnvironment.cbze
    var new = value & writable
    if new & MachineEnvironment.cbie == 2 << 4 { new = new & ~MachineEnvironment.cbie | old & MachineEnvironment.cbie }
    return new
  }

  private func writeMachineEnvironment(_ value: UInt64) {
    let old = s.pointee.menvcfg
    var extra = MachineEnvironment.stce
    if !s.pointee.svade { extra |= MachineEnvironment.adue }
    s.pointee.menvcfg = environment(value, old: old) | value & extra
    if (old ^ s.pointee.menvcfg) & MachineEnvironment.stce != 0 {
      s.pointee.mipSoftware &= ~Interrupt.supervisorTimer.mask
    }
    updateTimers()
  }

  /// What `menvcfg` denies is read-only here.
  private func writeGuestEnvironment(_ value: UInt64) {
    let old = s.pointee.henvcfg
    let extra = MachineEnvironment.stce | MachineEnvironment.adue
    let writable = extra & s.pointee.menvcfg
    s.pointee.henvcfg = environment(value, old: old) | value & writable | old & extra & ~writable
    updateTimers()
  }

  private func writeCountInhibit(_ value: UInt64) {
    let changed = s.pointee.mcountinhibit ^ value
    // A counter that stops keeps its value; one that starts goes on from it. The instruction itself is not counted.
    if changed & 1 != 0 {
      let clock = s.pointee.clock
      s.pointee.cycleOffset = value & 1 != 0 ? s.pointee.cycleOffset &+ clock : s.pointee.cycleOffset &- clock
    }
    if changed & 4 != 0 {
      let retired = s.pointee.retired
      s.pointee.instretOffset =
        value & 4 != 0 ? s.pointee.instretOffset &+ retired : s.pointee.instretOffset &- retired
    }
    s.pointee.mcountinhibit = value
  }
}
