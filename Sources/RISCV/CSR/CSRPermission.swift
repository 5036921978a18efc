/// Who may access which CSR (Privileged ISA, "CSR Address Mapping Conventions"; "H" Extension, "Virtual-Instruction Exceptions").
extension HartPointer {
  /// Floating point is off: in a virtual mode either of two fields can turn it off.
  @inline(__always) var isFloatOff: Bool {
    s.pointee.mstatus & Status.fs == 0 || (s.pointee.privilege.isVirtual && s.pointee.vsstatus & Status.fs == 0)
  }

  /// Notes that floating-point state changes.
  @inline(__always) func dirtyFloat() {
    s.pointee.mstatus |= Status.fs
    if s.pointee.privilege.isVirtual { s.pointee.vsstatus |= Status.fs }
  }

  /// The register that an instruction names by a number: a guest's supervisor CSRs are the VS CSRs.
  func effectiveCSR(_ number: UInt16) -> UInt16 {
    guard s.pointee.privilege.isVirtual else { return number }
    switch CSR(rawValue: number) {
    case .sstatus, .sie, .stvec, .sscratch, .sepc, .scause, .stval, .sip, .stimecmp, .satp: return number + 0x100
    default: return number
    }
  }

  /// The exception that an access to an implemented CSR raises in the running mode; nil when it is allowed.
  func accessFault(_ number: UInt16, isWrite: Bool) -> ExceptionCause? {
    accessFault(number, isWrite: isWrite, in: s.pointee.privilege)
  }

  /// The exception that it raises in a mode.
  func accessFault(_ number: UInt16, isWrite: Bool, in mode: PrivilegeMode) -> ExceptionCause? {
    if isWrite && number >> 10 == 3 { return .illegalInstruction }
    switch (number >> 8) & 3 {
    case 0: return unprivilegedFault(number, mode)
    case 3: return mode == .machine ? nil : .illegalInstruction
    default: return supervisorFault(number, mode, isHypervisor: (number >> 8) & 3 == 2)
    }
  }

  private func unprivilegedFault(_ number: UInt16, _ mode: PrivilegeMode) -> ExceptionCause? {
    switch number {
    case 0x001...0x003: return isFloatOff ? .illegalInstruction : nil
    case 0xc00...0xc1f: return counterFault(UInt64(number - 0xc00), mode)
    default: return nil
    }
  }

  /// Each mode above must let the counter through; what a hypervisor keeps back is a virtual instruction.
  private func counterFault(_ bit: UInt64, _ mode: PrivilegeMode) -> ExceptionCause? {
    if mode == .machine { return nil }
    if s.pointee.mcounteren >> bit & 1 == 0 { return .illegalInstruction }
    if mode.isVirtual && s.pointee.hcounteren >> bit & 1 == 0 { return .virtualInstruction }
    if mode.level == 0 && s.pointee.scounteren >> bit & 1 == 0 {
      return mode.isVirtual ? .virtualInstruction : .illegalInstruction
    }
    return nil
  }

  private func supervisorFault(_ number: UInt16, _ mode: PrivilegeMode, isHypervisor: Bool) -> ExceptionCause? {
    if mode == .machine { return nil }
    if mode == .user { return .illegalInstruction }
    let isTimer = number == CSR.stimecmp.rawValue || number == CSR.vstimecmp.rawValue
    if isTimer && (s.pointee.mcounteren & 2 == 0 || s.pointee.menvcfg & MachineEnvironment.stce == 0) {
      return .illegalInstruction
    }
    if mode == .supervisor {
      let isRoot = number == CSR.satp.rawValue || number == CSR.hgatp.rawValue
      return isRoot && s.pointee.mstatus & Status.tvm != 0 ? .illegalInstruction : nil
    }
    if isHypervisor || mode == .virtualUser { return .virtualInstruction }
    if number == CSR.satp.rawValue && s.pointee.hstatus & HypervisorStatus.vtvm != 0 { return .virtualInstruction }
    if isTimer && (s.pointee.hcounteren & 2 == 0 || guestEnvironment & MachineEnvironment.stce == 0) {
      return .virtualInstruction
    }
    return nil
  }
}
