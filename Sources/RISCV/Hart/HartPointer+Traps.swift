/// Entering and leaving trap handlers (Privileged ISA, "Machine-Level ISA", "Supervisor-Level ISA" and "H" Extension).
extension HartPointer {
  /// Takes an exception at `pc`.
  func take(_ trap: Trap) {
    var trap = trap
    let from = s.pointee.privilege
    if from == .machine && trap.cause.isDataAccess && dataPrivilege.isVirtual { trap.isGuestAccess = true }
    if (trap.cause == .illegalInstruction || trap.cause == .virtualInstruction) && trap.value == 0 {
      trap.value = UInt64(fetchedBits(at: s.pointee.pc) ?? 0)
    }
    if trap.cause.isGuestPageFault && trap.instruction == 0 && trap.cause != .instructionGuestPageFault {
      trap.instruction = transformedInstruction(trap)
    }
    let to = handlerMode(trap.cause, from: from)
    count(trap.cause)
    enterHandler(cause: trap.cause.rawValue, value: trap.value, from: from, to: to)
    if to != .virtualSupervisor { noteGuest(trap, from: from, to: to) }
    if !isExit(to) {
      if s.pointee.eventMask.contains(.effects) { recordEntry(to: to) }
      if s.pointee.eventMask.contains(.trap) {
        record(.trap(cause: trap.cause, value: trap.value, from: from, to: to))
      }
    }
    finishEntry(from: from, to: to, offset: 0)
    // A trapped instruction uses up its place in the turn, so that a storm of traps lets time and other harts go on.
    s.pointee.trapped += 1
    s.pointee.budget -= 1
  }

  /// Takes an interrupt before the instruction at `pc`.
  func take(_ interrupt: Interrupt) {
    let from = s.pointee.privilege
    let to = handlerMode(
      code: interrupt.rawValue, from: from, delegation: s.pointee.mideleg | Self.virtualInterrupts,
      guestDelegation: s.pointee.hideleg)
    counts.pointee.interrupts &+= 1
    let code = to == .virtualSupervisor ? interrupt.guestCode : interrupt.rawValue
    enterHandler(cause: code | 1 << 63, value: 0, from: from, to: to)
    if to != .virtualSupervisor { noteGuest(nil, from: from, to: to) }
    if s.pointee.eventMask.contains(.effects) { recordEntry(to: to) }
    if s.pointee.eventMask.contains(.interrupt) { record(.interrupt(interrupt, from: from, to: to)) }
    finishEntry(from: from, to: to, offset: 4 &* code)
  }

  /// The mode that handles an exception, by the delegation registers.
  func handlerMode(_ cause: ExceptionCause, from: PrivilegeMode) -> PrivilegeMode {
    handlerMode(
      code: cause.rawValue, from: from, delegation: s.pointee.medeleg, guestDelegation: s.pointee.hedeleg)
  }

  private func handlerMode(
    code: UInt64, from: PrivilegeMode, delegation: UInt64, guestDelegation: UInt64
  ) -> PrivilegeMode {
    if from == .machine || delegation >> code & 1 == 0 { return .machine }
    return from.isVirtual && guestDelegation >> code & 1 != 0 ? .virtualSupervisor : .supervisor
  }

  /// Writes what every handler gets: where, why, and the stack of modes and interrupt enables.
  private func enterHandler(cause: UInt64, value: UInt64, from: PrivilegeMode, to: PrivilegeMode) {
    switch to {
    case .virtualSupervisor:
      s.pointee.vsepc = s.pointee.pc
      s.pointee.vscause = cause
      s.pointee.vstval = value
      s.pointee.vsstatus = Self.enteringSupervisor(s.pointee.vsstatus, from: from)
    case .supervisor:
      s.pointee.sepc = s.pointee.pc
      s.pointee.scause = cause
      s.pointee.stval = value
      s.pointee.mstatus = Self.enteringSupervisor(s.pointee.mstatus, from: from)
    default:
      s.pointee.mepc = s.pointee.pc
      s.pointee.mcause = cause
      s.pointee.mtval = value
      var status = s.pointee.mstatus
      let enabled = status & Status.mie != 0
      status &= ~(Status.mie | Status.mpie | Status.mpp)
      if enabled { status |= Status.mpie }
      s.pointee.mstatus = status | UInt64(from.level) << 11
    }
  }

  /// `sstatus` or `vsstatus` at the entry of a handler.
  private static func enteringSupervisor(_ status: UInt64, from: PrivilegeMode) -> UInt64 {
    var new = status & ~(Status.sie | Status.spie | Status.spp)
    if status & Status.sie != 0 { new |= Status.spie }
    if from.level == 1 { new |= Status.spp }
    return new
  }

  /// Writes what handlers in M and HS learn of a guest; nil stands for an interrupt.
  private func noteGuest(_ trap: Trap?, from: PrivilegeMode, to: PrivilegeMode) {
    let hasGuestAddress = trap.map { $0.cause.hasAddress && ($0.isGuestAccess || from.isVirtual) } ?? false
    let second = (trap?.guestPhysicalAddress ?? 0) >> 2
    let instruction = UInt64(trap?.instruction ?? 0)
    if to == .machine {
      s.pointee.mtval2 = second
      s.pointee.mtinst = instruction
      s.pointee.mstatus &= ~(Status.mpv | Status.gva)
      if from.isVirtual { s.pointee.mstatus |= Status.mpv }
      if hasGuestAddress { s.pointee.mstatus |= Status.gva }
    } else {
      s.pointee.htval = second
      s.pointee.htinst = instruction
      var status = s.pointee.hstatus & ~(HypervisorStatus.spv | HypervisorStatus.gva)
      if from.isVirtual {
        status = status & ~HypervisorStatus.spvp | HypervisorStatus.spv
        if from == .virtualSupervisor { status |= HypervisorStatus.spvp }
      }
      if hasGuestAddress { status |= HypervisorStatus.gva }
      s.pointee.hstatus = status
    }
  }

  /// A trap into this mode leaves the guest for the monitor: to the guest it is no event.
  private func isExit(_ to: PrivilegeMode) -> Bool { to == .supervisor && s.pointee.isMonitored }

  private func finishEntry(from: PrivilegeMode, to: PrivilegeMode, offset: UInt64) {
    let vector: UInt64
    switch to {
    case .virtualSupervisor: vector = s.pointee.vstvec
    case .supervisor: vector = s.pointee.stvec
    default: vector = s.pointee.mtvec
    }
    if from != to && !isExit(to) && s.pointee.eventMask.contains(.privilege) { record(.privilege(from: from, to: to)) }
    creditMode()
    s.pointee.pc = vector & ~3 &+ (vector & 1 != 0 ? offset : 0)
    s.pointee.privilege = to
    s.pointee.isWaiting = false
    if isExit(to) {
      s.pointee.hasExited = true
      s.pointee.wantsAttention = true
    }
    updateContexts()
    if s.pointee.worldBorder != .none { noteCrossing(from: from, to: to) }
  }

  /// `mret` and `sret`, checked by the caller.
  func returnFromTrap(to mode: PrivilegeMode, pc: UInt64) {
    let from = s.pointee.privilege
    if mode != .machine { s.pointee.mstatus &= ~Status.mprv }
    if from != mode && s.pointee.eventMask.contains(.privilege) { record(.privilege(from: from, to: mode)) }
    counts.pointee.trapReturns &+= 1
    creditMode(extra: 1)
    s.pointee.privilege = mode
    s.pointee.nextPC = pc
    updateContexts()
    if s.pointee.worldBorder != .none { noteCrossing(from: from, to: mode) }
  }
}
