// A hart with H as a monitor's physical one: the guest's supervisor registers live in the VS registers while it runs ("H"
// Extension, "Hypervisor and Virtual Supervisor CSRs").

/// What the monitor chooses for a guest beside the guest's own state.
package struct GuestSetup: Sendable {
  /// `hgatp`.
  package var guestTranslation: UInt64
  /// What stands in `vsatp` for the guest's own: a shadow table. The guest's `satp` and fences trap then.
  package var shadow: UInt64?

  package init(guestTranslation: UInt64, shadow: UInt64? = nil) {
    self.guestTranslation = guestTranslation
    self.shadow = shadow
  }
}

/// What a physical hart and a virtual one have to tell each other from one run of guest code to the next.
package struct WorldSwitch: Sendable {
  /// CSRs of the physical hart that were written at entries since they were asked for.
  private var written: UInt64 = 0
  /// What the physical hart had retired in VS and VU.
  fileprivate var retired: (supervisor: UInt64, user: UInt64) = (0, 0)
  /// The traps that it had taken in these modes.
  private var traps: UInt64 = 0

  package init() {}

  /// Traps from VS and VU since this was asked last.
  fileprivate mutating func takeTraps(_ h: HartPointer) -> UInt64 {
    let counts = h.s.pointee.counts
    let now =
      counts[Int(PrivilegeMode.virtualSupervisor.rawValue)].traps
      &+ counts[Int(PrivilegeMode.virtualUser.rawValue)].traps
    defer { traps = now }
    return now &- traps
  }

  fileprivate mutating func note(written count: UInt64) { written &+= count }
  /// The number of CSRs that had to be exchanged; asked once.
  package mutating func takeWritten() -> UInt64 {
    defer { written = 0 }
    return written
  }
}

extension HartState {
  /// Bits of `mstatus` that S-mode can write, but for UXL: what `vsstatus` holds.
  fileprivate static let supervisorStatus: UInt64 =
    Status.sie | Status.spie | Status.spp | Status.fs | Status.sum | Status.mxr
  fileprivate static let environment: UInt64 =
    MachineEnvironment.cbze | MachineEnvironment.adue | MachineEnvironment.stce

  /// A VS-level interrupt is pending and enabled, and HS-mode's own: as soon as S-mode sets SIE it has to be taken, but VS has no
  /// such interrupt.
  fileprivate var awaitsVirtualInterrupt: Bool { mip & mie & HartPointer.virtualInterrupts & ~hideleg != 0 }
}

extension Hart {
  /// Code of this mode that has to be stepped where S and U run in VS and VU: M-mode under MPRV, or on a CPU where what is
  /// privileged does not trap in VU; S-mode while an interrupt waits that VS-mode does not have.
  package var cannotRunAssisted: Bool {
    let state = pointer.s
    switch state.pointee.privilege {
    case .machine: return lendsPrivilege || !state.pointee.quirks.isEmpty
    case .supervisor: return state.pointee.awaitsVirtualInterrupt
    case .user, .virtualUser, .virtualSupervisor: return false
    }
  }

  /// The interrupt that is due is one that VS-mode takes by itself.
  package func takesAssisted(_ interrupt: Interrupt) -> Bool {
    let state = pointer.s
    switch state.pointee.privilege {
    case .machine: return false
    case .supervisor, .user:
      return state.pointee.mideleg & HartPointer.supervisorInterrupts & interrupt.mask != 0
    case .virtualSupervisor, .virtualUser: return state.pointee.hideleg & interrupt.mask != 0
    }
  }

  /// The board has raised the external interrupt of a virtual hart's S-mode, and `hvip` does not say so yet.
  package func lacksExternalInterrupt(of virtual: Hart) -> Bool {
    let state = virtual.pointer.s
    let external = Interrupt.supervisorExternal.mask
    return state.pointee.mip & state.pointee.mideleg & external != 0 && state.pointee.privilege != .machine
      && !state.pointee.privilege.isVirtual
      && pointer.s.pointee.mipSoftware & Interrupt.virtualSupervisorExternal.mask == 0
  }

  /// Makes the VS registers, and what else governs VS and VU, those of a virtual hart; the mode in which its code runs here.
  package func enterWorld(of virtual: Hart, _ setup: GuestSetup, _ world: inout WorldSwitch) -> PrivilegeMode {
    let (p, v) = (pointer.s, virtual.pointer.s)
    var written: UInt64 = 0
    @inline(__always) func set(_ field: inout UInt64, _ value: UInt64) {
      if field != value {
        field = value
        written &+= 1
      }
    }
    let traps = HypervisorStatus.vtvm | HypervisorStatus.vtw | HypervisorStatus.vtsr
    let shadowTraps = setup.shadow == nil ? 0 : HypervisorStatus.vtvm
    var withheld: UInt64 = setup.shadow == nil ? 0 : 1 << 12 | 1 << 13 | 1 << 15
    // With a quirk, what is illegal in VU may do something in the guest's U.
    if !v.pointee.quirks.isEmpty { withheld |= 1 << ExceptionCause.illegalInstruction.rawValue }
    let mode: PrivilegeMode
    var status = p.pointee.mstatus & ~(Status.fs | Status.mxr)
    set(&p.pointee.hgatp, setup.guestTranslation)
    p.pointee.timeOffset = v.pointee.timeOffset
    switch v.pointee.privilege {
    case .machine:
      mode = .virtualUser
      status |= Status.fs
      set(&p.pointee.hstatus, p.pointee.hstatus | traps)
      set(&p.pointee.hedeleg, 0)
      set(&p.pointee.hideleg, 0)
      set(&p.pointee.hcounteren, 0)
      set(&p.pointee.henvcfg, MachineEnvironment.cbze)
      set(&p.pointee.senvcfg, MachineEnvironment.cbze)
      set(&p.pointee.vsstatus, v.pointee.mstatus & Status.fs)
      set(&p.pointee.vsatp, setup.shadow ?? 0)
      (p.pointee.mie, p.pointee.mipSoftware, p.pointee.mipWires) = (0, 0, 0)
    case .supervisor, .user:
      mode = v.pointee.privilege == .supervisor ? .virtualSupervisor : .virtualUser
      status |= Status.fs
      let interrupts = v.pointee.mideleg & HartPointer.supervisorInterrupts
      var bits = HypervisorStatus.vtw | shadowTraps
      if v.pointee.mstatus & Status.tvm != 0 { bits |= HypervisorStatus.vtvm }
      // `sret` to a guest's guest is no return within VS.
      if v.pointee.mstatus & Status.tsr != 0 || v.pointee.hstatus & HypervisorStatus.spv != 0 {
        bits |= HypervisorStatus.vtsr
      }
      set(&p.pointee.hstatus, p.pointee.hstatus & ~traps | bits)
      set(&p.pointee.hedeleg, v.pointee.medeleg & HartPointer.guestDelegableExceptions & ~withheld)
      set(&p.pointee.hideleg, interrupts << 1)
      set(&p.pointee.hcounteren, v.pointee.mcounteren & 2)
      set(&p.pointee.henvcfg, v.pointee.menvcfg & HartState.environment)
      set(&p.pointee.senvcfg, v.pointee.senvcfg)
      set(&p.pointee.scounteren, v.pointee.scounteren)
      set(&p.pointee.vsstatus, v.pointee.mstatus & HartState.supervisorStatus)
      set(&p.pointee.vstvec, v.pointee.stvec)
      set(&p.pointee.vsscratch, v.pointee.sscratch)
      set(&p.pointee.vsepc, v.pointee.sepc)
      set(&p.pointee.vscause, v.pointee.scause)
      set(&p.pointee.vstval, v.pointee.stval)
      set(&p.pointee.vsatp, setup.shadow ?? v.pointee.satp)
      set(&p.pointee.vstimecmp, v.pointee.stimecmp)
      set(&p.pointee.htimedelta, 0)
      let hasTimer = v.pointee.menvcfg & MachineEnvironment.stce != 0
      let timer = Interrupt.supervisorTimer.mask
      set(&p.pointee.mie, (v.pointee.mie & interrupts) << 1)
      set(&p.pointee.mipSoftware, (v.pointee.mip & interrupts & ~(hasTimer ? timer : 0)) << 1)
      p.pointee.mipWires = hasTimer ? (v.pointee.mipWires & timer) << 1 : 0
    case .virtualSupervisor, .virtualUser:
      mode = v.pointee.privilege
      status |= v.pointee.mstatus & (Status.fs | Status.mxr)
      let own = v.pointee.hstatus & (HypervisorStatus.vtvm | HypervisorStatus.vtsr)
      set(&p.pointee.hstatus, p.pointee.hstatus & ~traps | own | HypervisorStatus.vtw | shadowTraps)
      set(&p.pointee.hedeleg, v.pointee.medeleg & v.pointee.hedeleg & ~withheld)
      set(&p.pointee.hideleg, v.pointee.hideleg)
      set(&p.pointee.hcounteren, v.pointee.mcounteren & v.pointee.hcounteren & 2)
      set(&p.pointee.henvcfg, v.pointee.menvcfg & v.pointee.henvcfg & HartState.environment)
      set(&p.pointee.senvcfg, v.pointee.senvcfg)
      set(&p.pointee.scounteren, v.pointee.scounteren)
      set(&p.pointee.vsstatus, v.pointee.vsstatus)
      set(&p.pointee.vstvec, v.pointee.vstvec)
      set(&p.pointee.vsscratch, v.pointee.vsscratch)
      set(&p.pointee.vsepc, v.pointee.vsepc)
      set(&p.pointee.vscause, v.pointee.vscause)
      set(&p.pointee.vstval, v.pointee.vstval)
      set(&p.pointee.vsatp, setup.shadow ?? v.pointee.vsatp)
      set(&p.pointee.vstimecmp, v.pointee.vstimecmp)
      set(&p.pointee.htimedelta, v.pointee.htimedelta)
      set(&p.pointee.mie, v.pointee.mie & v.pointee.hideleg)
      set(&p.pointee.mipSoftware, v.pointee.mipSoftware & HartPointer.virtualInterrupts)
      p.pointee.mipWires = v.pointee.mipWires & Interrupt.virtualSupervisorTimer.mask
    }
    set(&p.pointee.mstatus, status)
    world.note(written: written)
    return mode
  }

  /// The mode that a run of guest code ended in.
  private var guestMode: PrivilegeMode {
    let isSupervisor = pointer.s.pointee.hstatus & HypervisorStatus.spvp != 0
    return isSupervisor ? .virtualSupervisor : .virtualUser
  }

  /// Takes back into a virtual hart what its code changed in the VS registers, and credits its modes with what they retired.
  /// `byTrap` says whether a trap into the monitor ended the run.
  package func leaveWorld(of virtual: Hart, _ setup: GuestSetup, byTrap: Bool, _ world: inout WorldSwitch) {
    let (p, v) = (pointer.s, virtual.pointer.s)
    let mode = guestMode
    let old = v.pointee.privilege
    creditModes(of: virtual, &world)
    if world.takeTraps(pointer) > (byTrap ? 1 : 0) && (old == .supervisor || old == .user) {
      // What VS took by itself was a trap from S or U into HS to the guest. It read none of these since: that would have
      // trapped here.
      v.pointee.htval = 0
      v.pointee.htinst = 0
      v.pointee.hstatus &= ~(HypervisorStatus.spv | HypervisorStatus.gva)
    }
    let (oldStatus, oldGuestStatus) = (v.pointee.mstatus, v.pointee.vsstatus)
    let (oldRoot, oldGuestRoot) = (v.pointee.satp, v.pointee.vsatp)
    switch old {
    case .machine: v.pointee.mstatus = v.pointee.mstatus & ~Status.fs | p.pointee.vsstatus & Status.fs
    case .supervisor, .user:
      v.pointee.privilege = mode == .virtualSupervisor ? .supervisor : .user
      let mask = HartState.supervisorStatus
      v.pointee.mstatus = v.pointee.mstatus & ~mask | p.pointee.vsstatus & mask
      v.pointee.stvec = p.pointee.vstvec
      v.pointee.sscratch = p.pointee.vsscratch
      v.pointee.sepc = p.pointee.vsepc
      v.pointee.scause = p.pointee.vscause
      v.pointee.stval = p.pointee.vstval
      if setup.shadow == nil { v.pointee.satp = p.pointee.vsatp }
      let interrupts = p.pointee.hideleg >> 1
      v.pointee.mie = v.pointee.mie & ~interrupts | p.pointee.mie >> 1 & interrupts
      let software = Interrupt.supervisorSoftware.mask & interrupts
      v.pointee.mipSoftware = v.pointee.mipSoftware & ~software | p.pointee.mipSoftware >> 1 & software
      if v.pointee.stimecmp != p.pointee.vstimecmp {
        v.pointee.stimecmp = p.pointee.vstimecmp
        virtual.pointer.updateTimers()
      }
    case .virtualSupervisor, .virtualUser:
      v.pointee.privilege = mode
      v.pointee.mstatus = v.pointee.mstatus & ~Status.fs | p.pointee.mstatus & Status.fs
      v.pointee.vsstatus = p.pointee.vsstatus
      v.pointee.vstvec = p.pointee.vstvec
      v.pointee.vsscratch = p.pointee.vsscratch
      v.pointee.vsepc = p.pointee.vsepc
      v.pointee.vscause = p.pointee.vscause
      v.pointee.vstval = p.pointee.vstval
      if setup.shadow == nil { v.pointee.vsatp = p.pointee.vsatp }
      let interrupts = p.pointee.hideleg
      v.pointee.mie = v.pointee.mie & ~interrupts | p.pointee.mie & interrupts
      let software = Interrupt.virtualSupervisorSoftware.mask & interrupts
      v.pointee.mipSoftware = v.pointee.mipSoftware & ~software | p.pointee.mipSoftware & software
      if v.pointee.vstimecmp != p.pointee.vstimecmp {
        v.pointee.vstimecmp = p.pointee.vstimecmp
        virtual.pointer.updateTimers()
      }
    }
    if old != .machine {
      v.pointee.scounteren = p.pointee.scounteren
      v.pointee.senvcfg = p.pointee.senvcfg
    }
    let translating = Status.sum | Status.mxr
    if old != v.pointee.privilege || oldRoot != v.pointee.satp || oldGuestRoot != v.pointee.vsatp
      || (oldStatus ^ v.pointee.mstatus | oldGuestStatus ^ v.pointee.vsstatus) & translating != 0
    {
      virtual.pointer.updateContexts()
    }
  }

  /// What retired in VS and VU did so in the virtual hart's modes; what was stepped before belongs to the mode it stood in.
  private func creditModes(of virtual: Hart, _ world: inout WorldSwitch) {
    let v = virtual.pointer.s
    let counts = pointer.s.pointee.counts
    let supervisor = counts[Int(PrivilegeMode.virtualSupervisor.rawValue)].retired
    let user = counts[Int(PrivilegeMode.virtualUser.rawValue)].retired
    let (more, moreUser) = (supervisor &- world.retired.supervisor, user &- world.retired.user)
    world.retired = (supervisor, user)
    let modes: (supervisor: PrivilegeMode, user: PrivilegeMode) =
      switch v.pointee.privilege {
      case .machine: (.machine, .machine)
      case .supervisor, .user: (.supervisor, .user)
      case .virtualSupervisor, .virtualUser: (.virtualSupervisor, .virtualUser)
      }
    v.pointee.counts[Int(modes.supervisor.rawValue)].retired &+= more
    v.pointee.counts[Int(modes.user.rawValue)].retired &+= moreUser
    v.pointee.creditedRetired &+= more &+ moreUser
    virtual.pointer.creditMode()
  }

  /// Gives what was recorded in VS or VU on behalf of this hart's S, U or M the names that it has here. False for what is none
  /// of the guest's.
  func rename(_ record: inout EventRecord) -> Bool {
    switch record.kind {
    case .interrupt: record.bits -= 1
    case .csrRead, .csrWrite:
      if record.bits >> 8 == 2 { record.bits -= 0x100 }
    case .effect:
      let status = UInt32(CSR.vsstatus.rawValue)
      if record.bits == UInt32(CSR.mstatus.rawValue) { return false }
      if record.bits == status {
        let mask = HartState.supervisorStatus
        record.bits = UInt32(CSR.mstatus.rawValue)
        record.a = HartPointer.status(pointer.s.pointee.mstatus & ~mask | record.a & mask, isMachine: true)
      } else if record.bits >> 8 == 2 {
        record.bits -= 0x100
      }
    default: break
    }
    return true
  }

  /// Walks the G-stage of a guest hypervisor for its guest's access to a guest-physical address, A and D bits included: the
  /// page, and R W X as the leaf has them, W only once D is set. `references` counts the entries that were read.
  package func translateGuestStage(
    _ address: UInt64, _ kind: AccessKind, references: inout Int
  ) -> Result<GuestTranslation, Trap> {
    let regime = pointer.dataRegime(.virtualSupervisor)
    var stage = TranslationRegime(mode: .virtualSupervisor)
    stage.guestTranslation = regime.guestTranslation
    stage.guestStageReadsExecutable = regime.guestStageReadsExecutable
    var result = GuestTranslation(page: address & ~0xfff)
    if stage.guestTranslation != 0 {
      var recorder = CountingRecorder(cache: nil)
      defer { references += Int(recorder.guestStage) }
      do {
        let leaf = try pointer.walk(address, kind, regime: stage, isDry: false, recorder: &recorder)
        result.page = leaf.physical
        result.level = Int(leaf.level)
        result.isNapot = leaf.isNapot
        result.entry = leaf.flags
        result.rights = leaf.flags >> 1 & 7
        if leaf.flags & UInt8(EntryBit.dirty) == 0 { result.rights &= ~2 }
      } catch {
        return .failure(error)
      }
    }
    result.protection = protectionRights(result.page, count: 4096, mode: .supervisor)
    return .success(result)
  }
}
