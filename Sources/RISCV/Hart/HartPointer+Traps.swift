/// Entering and leaving trap handlers (Privileged ISA, "Machine-Level ISA" and "Supervisor-Level ISA").
extension HartPointer {
  /// Takes an exception at `pc`.
  func take(_ trap: Trap) {
    var trap = trap
    if trap.cause == .illegalInstruction && trap.value == 0 { trap.value = UInt64(fetchedBits(at: s.pointee.pc) ?? 0) }
    let from = s.pointee.privilege
    let to = enterHandler(
      code: trap.cause.rawValue, value: trap.value, isInterrupt: false, delegation: s.pointee.medeleg)
    if s.pointee.eventMask.contains(.trap) { record(.trap(cause: trap.cause, value: trap.value, from: from, to: to)) }
    finishEntry(from: from, to: to, isInterrupt: false, code: trap.cause.rawValue)
    // A trapped instruction uses up its place in the turn, so that a storm of traps lets time and other harts go on.
    s.pointee.trapped += 1
    s.pointee.budget -= 1
  }

  /// Takes an interrupt before the instruction at `pc`.
  func take(_ interrupt: Interrupt) {
    let from = s.pointee.privilege
    let to = enterHandler(code: interrupt.rawValue, value: 0, isInterrupt: true, delegation: s.pointee.mideleg)
    if s.pointee.eventMask.contains(.interrupt) { record(.interrupt(interrupt, from: from, to: to)) }
    finishEntry(from: from, to: to, isInterrupt: true, code: interrupt.rawValue)
  }

  private func enterHandler(code: UInt64, value: UInt64, isInterrupt: Bool, delegation: UInt64) -> PrivilegeMode {
    let from = s.pointee.privilege
    let cause = isInterrupt ? code | 1 << 63 : code
    var status = s.pointee.mstatus
    if from != .machine && delegation >> code & 1 != 0 {
      s.pointee.sepc = s.pointee.pc
      s.pointee.scause = cause
      s.pointee.stval = value
      let enabled = status & Status.sie != 0
      status &= ~(Status.sie | Status.spie | Status.spp)
      if enabled { status |= Status.spie }
      if from == .supervisor { status |= Status.spp }
      s.pointee.mstatus = status
      return .supervisor
    }
    s.pointee.mepc = s.pointee.pc
    s.pointee.mcause = cause
    s.pointee.mtval = value
    let enabled = status & Status.mie != 0
    status &= ~(Status.mie | Status.mpie | Status.mpp)
    if enabled { status |= Status.mpie }
    s.pointee.mstatus = status | UInt64(from.rawValue) << 11
    return .machine
  }

  private func finishEntry(from: PrivilegeMode, to: PrivilegeMode, isInterrupt: Bool, code: UInt64) {
    let vector = to == .supervisor ? s.pointee.stvec : s.pointee.mtvec
    if from != to && s.pointee.eventMask.contains(.privilege) { record(.privilege(from: from, to: to)) }
    s.pointee.pc = vector & ~3 &+ (isInterrupt && vector & 1 != 0 ? 4 &* code : 0)
    s.pointee.privilege = to
    s.pointee.isWaiting = false
    updateContexts()
  }

  /// `mret` and `sret`, checked by the caller.
  func returnFromTrap(to mode: PrivilegeMode, pc: UInt64) {
    let from = s.pointee.privilege
    if mode != .machine { s.pointee.mstatus &= ~Status.mprv }
    if from != mode && s.pointee.eventMask.contains(.privilege) { record(.privilege(from: from, to: mode)) }
    s.pointee.privilege = mode
    s.pointee.nextPC = pc
    updateContexts()
  }

  /// The interrupt to be taken now, by the specification's order; nil when none is pending and enabled.
  @inline(__always)
  func pendingInterrupt() -> Interrupt? {
    let pending = s.pointee.mip & s.pointee.mie
    if pending == 0 { return nil }
    return pendingInterruptSlow(pending)
  }

  private func pendingInterruptSlow(_ pending: UInt64) -> Interrupt? {
    let status = s.pointee.mstatus
    let privilege = s.pointee.privilege
    var ready: UInt64 = 0
    if privilege != .machine || status & Status.mie != 0 { ready = pending & ~s.pointee.mideleg }
    if ready == 0 && (privilege == .user || (privilege == .supervisor && status & Status.sie != 0)) {
      ready = pending & s.pointee.mideleg
    }
    let order: [6 of Interrupt] = [
      .machineExternal, .machineSoftware, .machineTimer, .supervisorExternal, .supervisorSoftware, .supervisorTimer,
    ]
    for index in order.indices where ready & order[index].mask != 0 { return order[index] }
    return nil
  }

  /// Sets the timer bits of `mip` as time and the compare registers have them.
  func updateTimers() { updateTimers(clock: s.pointee.clock) }

  func updateTimers(clock: UInt64) {
    let time = clock / 10 &+ s.pointee.timeOffset
    var wires = s.pointee.mipWires & ~(Interrupt.machineTimer.mask | Interrupt.supervisorTimer.mask)
    if time >= s.pointee.mtimecmp { wires |= Interrupt.machineTimer.mask }
    if s.pointee.menvcfg & MachineEnvironment.stce != 0 && time >= s.pointee.stimecmp {
      wires |= Interrupt.supervisorTimer.mask
    }
    s.pointee.mipWires = wires
    s.pointee.recheck = true
    s.pointee.wantsAttention = true
  }

  /// The clock at which a timer bit rises next; `UInt64.max` when none will.
  func nextTimerClock() -> UInt64 {
    var ticks = UInt64.max
    let wires = s.pointee.mipWires
    if wires & Interrupt.machineTimer.mask == 0 { ticks = s.pointee.mtimecmp }
    if s.pointee.menvcfg & MachineEnvironment.stce != 0 && wires & Interrupt.supervisorTimer.mask == 0 {
      ticks = min(ticks, s.pointee.stimecmp)
    }
    if ticks == .max { return .max }
    let (clock, overflow) = (ticks &- s.pointee.timeOffset).multipliedReportingOverflow(by: 10)
    return overflow ? .max : clock
  }
}
