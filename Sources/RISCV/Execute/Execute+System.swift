// Environment calls, CSR accesses and privileged instructions. They end a block: `pc` is exact, `nextPC` is where it goes on.
extension Execute {
  private static var illegal: Departure { .trap(Trap(.illegalInstruction)) }
  private static var virtual: Departure { .trap(Trap(.virtualInstruction)) }

  static func fenceI(_ h: HartPointer, _ op: Op) throws(Departure) {
    // Fetches are coherent: stores drop the decoded code that they overlap.
  }

  static func ecall(_ h: HartPointer, _ op: Op) throws(Departure) {
    switch h.s.pointee.privilege {
    case .user, .virtualUser: throw .trap(Trap(.environmentCallFromU))
    case .virtualSupervisor: throw .trap(Trap(.environmentCallFromVS))
    case .supervisor:
      if h.s.pointee.monitorCalls != .none, h.callMonitor() { return }
      throw .trap(Trap(.environmentCallFromS))
    case .machine: throw .trap(Trap(.environmentCallFromM))
    }
  }

  static func ebreak(_ h: HartPointer, _ op: Op) throws(Departure) {
    throw .trap(Trap(.breakpoint, value: h.s.pointee.pc))
  }

  static func mret(_ h: HartPointer, _ op: Op) throws(Departure) {
    guard h.s.pointee.privilege == .machine else {
      if h.ignoresTrapReturn { return }
      throw illegal
    }
    let status = h.s.pointee.mstatus
    let previous =
      PrivilegeMode(level: UInt8((status & Status.mpp) >> 11), isVirtual: status & Status.mpv != 0) ?? .user
    var new = status & ~(Status.mie | Status.mpp | Status.mpv) | Status.mpie
    if status & Status.mpie != 0 { new |= Status.mie }
    h.s.pointee.mstatus = new
    h.returnFromTrap(to: previous, pc: h.s.pointee.mepc)
    if h.s.pointee.eventMask.contains(.effects) { h.recordEffects(.mstatus) }
  }

  static func sret(_ h: HartPointer, _ op: Op) throws(Departure) {
    let mode = h.s.pointee.privilege
    if h.ignoresTrapReturn { return }
    if mode.isVirtual {
      guard mode == .virtualSupervisor, h.s.pointee.hstatus & HypervisorStatus.vtsr == 0 else { throw virtual }
      let status = h.s.pointee.vsstatus
      h.s.pointee.vsstatus = leavingSupervisor(status)
      h.returnFromTrap(
        to: status & Status.spp != 0 ? .virtualSupervisor : .virtualUser, pc: h.s.pointee.vsepc)
      if h.s.pointee.eventMask.contains(.effects) { h.recordEffects(.vsstatus) }
      return
    }
    let status = h.s.pointee.mstatus
    guard mode != .user, !(mode == .supervisor && status & Status.tsr != 0) else { throw illegal }
    let level: UInt8 = status & Status.spp != 0 ? 1 : 0
    let previous = PrivilegeMode(level: level, isVirtual: h.s.pointee.hstatus & HypervisorStatus.spv != 0) ?? .user
    h.s.pointee.mstatus = leavingSupervisor(status)
    h.s.pointee.hstatus &= ~HypervisorStatus.spv
    h.returnFromTrap(to: previous, pc: h.s.pointee.sepc)
    if h.s.pointee.eventMask.contains(.effects) { h.recordEffects(.mstatus, .hstatus) }
  }

  /// `sstatus` or `vsstatus` after `sret`.
  private static func leavingSupervisor(_ status: UInt64) -> UInt64 {
    let new = status & ~(Status.sie | Status.spp) | Status.spie
    return status & Status.spie != 0 ? new | Status.sie : new
  }

  static func wfi(_ h: HartPointer, _ op: Op) throws(Departure) {
    let mode = h.s.pointee.privilege
    guard mode == .machine || (mode != .user && h.s.pointee.mstatus & Status.tw == 0) else { throw illegal }
    if mode == .virtualUser || (mode == .virtualSupervisor && h.s.pointee.hstatus & HypervisorStatus.vtw != 0) {
      throw virtual
    }
    guard h.s.pointee.mip & h.s.pointee.mie == 0 else { return }
    h.s.pointee.isWaiting = true
    if h.s.pointee.eventMask.contains(.wait) { h.record(.wait) }
    h.s.pointee.recheck = true
  }

  // A hart may stop waiting on its reservation set at any time; here it does at once.
  static func wrsNto(_ h: HartPointer, _ op: Op) throws(Departure) {}
  static func wrsSto(_ h: HartPointer, _ op: Op) throws(Departure) {}

  // MARK: Fences of address translation

  static func sfenceVma(_ h: HartPointer, _ op: Op) throws(Departure) {
    let mode = h.s.pointee.privilege
    if mode == .virtualUser || (mode == .virtualSupervisor && h.s.pointee.hstatus & HypervisorStatus.vtvm != 0) {
      throw virtual
    }
    guard mode != .user, !(mode == .supervisor && h.s.pointee.mstatus & Status.tvm != 0) else { throw illegal }
    h.fence(
      mode.isVirtual ? .guest(vmid: h.runningVMID) : .host, address: op.rs1 == 0 ? nil : h.rs1(op),
      asid: op.rs2 == 0 ? nil : UInt16(truncatingIfNeeded: h.rs2(op)))
  }

  static func sinvalVma(_ h: HartPointer, _ op: Op) throws(Departure) { try sfenceVma(h, op) }
  static func sfenceWInval(_ h: HartPointer, _ op: Op) throws(Departure) {
    if h.s.pointee.privilege == .user { throw illegal }
    if h.s.pointee.privilege == .virtualUser { throw virtual }
  }
  static func sfenceInvalIr(_ h: HartPointer, _ op: Op) throws(Departure) { try sfenceWInval(h, op) }

  // MARK: CSR accesses

  private enum Change {
    case none, write, set, clear
  }

  /// Reads a CSR into `rd`, and changes it.
  @inline(never)
  private static func access(
    _ h: HartPointer, _ number: UInt16, _ rd: UInt8, _ change: Change, _ value: UInt64
  ) throws(Departure) {
    let named = number
    let number = h.effectiveCSR(named)
    guard let old = h.readCSR(number) else { throw illegal }
    if let fault = h.accessFault(named, isWrite: change != .none) {
      guard let result = h.quirkyResult(named, old, isWrite: change != .none) else { throw .trap(Trap(fault)) }
      if change == .none && h.s.pointee.eventMask.contains(.csr) { h.record(.csrRead(number: number, value: result)) }
      h.x[Int(rd)] = result
      return
    }
    // What traps has accessed nothing: it is no access of the hart's.
    h.s.pointee.csrAccesses &+= 1
    if change != .none { h.s.pointee.csrWrites &+= 1 }
    // SEIP as read shows the wire too, but set and clear work on what software wrote.
    let base = number == CSR.mip.rawValue ? old & ~h.s.pointee.mipWires | h.s.pointee.mipSoftware : old
    switch change {
    case .none:
      if h.s.pointee.eventMask.contains(.csr) { h.record(.csrRead(number: number, value: old)) }
    case .write: write(h, number, old, value)
    case .set: write(h, number, old, base | value)
    case .clear: write(h, number, old, base & ~value)
    }
    h.x[Int(rd)] = old
  }

  @inline(__always)
  private static func write(_ h: HartPointer, _ number: UInt16, _ old: UInt64, _ new: UInt64) {
    if h.s.pointee.eventMask.isDisjoint(with: [.csr, .effects]) {
      h.writeCSR(number, new)
    } else {
      writeRecorded(h, number, old, new)
    }
    h.discountCounterWrite(number)
  }

  @inline(never)
  private static func writeRecorded(_ h: HartPointer, _ number: UInt16, _ old: UInt64, _ new: UInt64) {
    let before = StatusBefore(h)
    h.writeCSR(number, new)
    // Read at once: a counter goes on counting.
    let written = h.readCSR(number) ?? new
    if h.s.pointee.eventMask.contains(.csr) { h.record(.csrWrite(number: number, old: old, new: written)) }
    if h.s.pointee.eventMask.contains(.effects) { h.recordWrite(to: number, written, before) }
  }

  @inline(__always) private static func number(_ op: Op) -> UInt16 { UInt16(truncatingIfNeeded: op.imm) }

  @inline(__always) static func csrrw(_ h: HartPointer, _ op: Op) throws(Departure) {
    try access(h, number(op), op.rd, .write, h.rs1(op))
  }
  @inline(__always) static func csrrs(_ h: HartPointer, _ op: Op) throws(Departure) {
    try access(h, number(op), op.rd, op.rs1 == 0 ? .none : .set, h.rs1(op))
  }
  @inline(__always) static func csrrc(_ h: HartPointer, _ op: Op) throws(Departure) {
    try access(h, number(op), op.rd, op.rs1 == 0 ? .none : .clear, h.rs1(op))
  }
  @inline(__always) static func csrrwi(_ h: HartPointer, _ op: Op) throws(Departure) {
    try access(h, number(op), op.rd, .write, UInt64(op.rs1))
  }
  @inline(__always) static func csrrsi(_ h: HartPointer, _ op: Op) throws(Departure) {
    try access(h, number(op), op.rd, op.rs1 == 0 ? .none : .set, UInt64(op.rs1))
  }
  @inline(__always) static func csrrci(_ h: HartPointer, _ op: Op) throws(Departure) {
    try access(h, number(op), op.rd, op.rs1 == 0 ? .none : .clear, UInt64(op.rs1))
  }
}
