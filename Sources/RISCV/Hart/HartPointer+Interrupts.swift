/// Which interrupt comes next, and the timers that raise some (Privileged ISA, "Machine Interrupt Registers"; "Sstc").
extension HartPointer {
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
    let delegated = s.pointee.mideleg | Self.virtualInterrupts
    var ready: UInt64 = 0
    if privilege != .machine || status & Status.mie != 0 { ready = pending & ~delegated }
    if ready == 0 && privilege != .machine && (privilege != .supervisor || status & Status.sie != 0) {
      ready = pending & delegated & ~s.pointee.hideleg
    }
    if ready == 0 && privilege.isVirtual && (privilege == .virtualUser || s.pointee.vsstatus & Status.sie != 0) {
      ready = pending & s.pointee.hideleg
    }
    let order: [9 of Interrupt] = [
      .machineExternal, .machineSoftware, .machineTimer, .supervisorExternal, .supervisorSoftware, .supervisorTimer,
      .virtualSupervisorExternal, .virtualSupervisorSoftware, .virtualSupervisorTimer,
    ]
    for index in order.indices where ready & order[index].mask != 0 { return order[index] }
    return nil
  }

  /// S-mode has a compare register of its own.
  private var hasSupervisorTimer: Bool { s.pointee.menvcfg & MachineEnvironment.stce != 0 }
  /// And so has VS-mode.
  private var hasGuestTimer: Bool { guestEnvironment & MachineEnvironment.stce != 0 }

  /// Sets the timer bits of `mip` as time and the compare registers have them.
  func updateTimers() { updateTimers(clock: s.pointee.clock) }

  func updateTimers(clock: UInt64) {
    let time = clock / 10 &+ s.pointee.timeOffset
    let timers: UInt64 =
      Interrupt.machineTimer.mask | Interrupt.supervisorTimer.mask | Interrupt.virtualSupervisorTimer.mask
    var wires = s.pointee.mipWires & ~timers
    if time >= s.pointee.mtimecmp { wires |= Interrupt.machineTimer.mask }
    if hasSupervisorTimer && time >= s.pointee.stimecmp { wires |= Interrupt.supervisorTimer.mask }
    if hasGuestTimer && time &+ s.pointee.htimedelta >= s.pointee.vstimecmp {
      wires |= Interrupt.virtualSupervisorTimer.mask
    }
    s.pointee.mipWires = wires
    s.pointee.recheck = true
    s.pointee.wantsAttention = true
  }

  /// The clock at which a timer bit changes next; `UInt64.max` when none will.
  func nextTimerClock() -> UInt64 {
    var ticks = UInt64.max
    let wires = s.pointee.mipWires
    if wires & Interrupt.machineTimer.mask == 0 { ticks = s.pointee.mtimecmp }
    if hasSupervisorTimer && wires & Interrupt.supervisorTimer.mask == 0 { ticks = min(ticks, s.pointee.stimecmp) }
    if hasGuestTimer {
      // Where `htimedelta` is negative the guest's time may yet wrap around, and the bit falls.
      let isPending = wires & Interrupt.virtualSupervisorTimer.mask != 0
      let guestTime = s.pointee.time &+ s.pointee.htimedelta
      let (next, overflow) = s.pointee.time.addingReportingOverflow((isPending ? 0 : s.pointee.vstimecmp) &- guestTime)
      if !overflow { ticks = min(ticks, next) }
    }
    if ticks == .max { return .max }
    let (clock, overflow) = (ticks &- s.pointee.timeOffset).multipliedReportingOverflow(by: 10)
    return overflow ? .max : clock
  }
}
