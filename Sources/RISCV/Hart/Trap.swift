/// The modes in which a hart runs: the privilege modes of RISC-V, and those of the hypervisor extension under which two stages
/// of translation are in effect (Privileged ISA, "Privilege Levels"; "H" Extension, "Privilege Modes").
package enum PrivilegeMode: UInt8, Sendable, Comparable, CaseIterable {
  case user = 0
  /// S-mode, which is HS-mode for a hypervisor.
  case supervisor = 1
  case machine = 3
  /// VU-mode: user programs of a guest, V = 1.
  case virtualUser = 4
  /// VS-mode: the kernel of a guest, V = 1.
  case virtualSupervisor = 5

  /// The virtualization mode V.
  package var isVirtual: Bool { rawValue & 4 != 0 }
  /// The nominal privilege as `MPP` and `SPP` encode it: 0 for U and VU, 1 for S and VS, 3 for M.
  package var level: UInt8 { rawValue & 3 }
  /// The mode of a nominal privilege under V; M is never virtual. Nil for the reserved level 2.
  package init?(level: UInt8, isVirtual: Bool) { self.init(rawValue: level == 3 || !isVirtual ? level : level | 4) }

  /// More privileged: M, then S, VS, U, VU, so that a trap never goes down.
  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  private var rank: UInt8 { level << 1 | (isVirtual ? 0 : 1) }

  /// The name as in specifications: `U`, `S`, `M`, `VU`, `VS`.
  package var letter: String {
    switch self {
    case .user: "U"
    case .supervisor: "S"
    case .machine: "M"
    case .virtualUser: "VU"
    case .virtualSupervisor: "VS"
    }
  }
}

extension PrivilegeMode {
  /// The registers that a trap into this mode writes, and the one that says where its handler is. U and VU have none of their
  /// own: theirs are those of the mode above.
  package var trapRegisters: (pc: CSR, cause: CSR, value: CSR, vector: CSR) {
    // SAFETY: every mode has them, or is given those of the mode above.
    func register(_ register: TrapRegister) -> CSR { CSR(rawValue: register.number(in: self))! }
    return (register(.exceptionPC), register(.cause), register(.value), register(.vector))
  }
}

/// Synchronous exceptions by cause code (Privileged ISA, "Machine Cause Register").
package enum ExceptionCause: UInt64, Sendable, CaseIterable {
  case instructionAddressMisaligned = 0
  case instructionAccessFault = 1
  case illegalInstruction = 2
  case breakpoint = 3
  case loadAddressMisaligned = 4
  case loadAccessFault = 5
  case storeAddressMisaligned = 6
  case storeAccessFault = 7
  case environmentCallFromU = 8
  case environmentCallFromS = 9
  case environmentCallFromVS = 10
  case environmentCallFromM = 11
  case instructionPageFault = 12
  case loadPageFault = 13
  case storePageFault = 15
  case instructionGuestPageFault = 20
  case loadGuestPageFault = 21
  case virtualInstruction = 22
  case storeGuestPageFault = 23

  /// The specification's name in lower case, such as `load page fault`.
  package var name: String {
    switch self {
    case .instructionAddressMisaligned: "instruction address misaligned"
    case .instructionAccessFault: "instruction access fault"
    case .illegalInstruction: "illegal instruction"
    case .breakpoint: "breakpoint"
    case .loadAddressMisaligned: "load address misaligned"
    case .loadAccessFault: "load access fault"
    case .storeAddressMisaligned: "store/AMO address misaligned"
    case .storeAccessFault: "store/AMO access fault"
    case .environmentCallFromU: "environment call from U-mode"
    case .environmentCallFromS: "environment call from S-mode"
    case .environmentCallFromVS: "environment call from VS-mode"
    case .environmentCallFromM: "environment call from M-mode"
    case .instructionPageFault: "instruction page fault"
    case .loadPageFault: "load page fault"
    case .storePageFault: "store/AMO page fault"
    case .instructionGuestPageFault: "instruction guest-page fault"
    case .loadGuestPageFault: "load guest-page fault"
    case .virtualInstruction: "virtual instruction"
    case .storeGuestPageFault: "store/AMO guest-page fault"
    }
  }

  /// The G-stage of translation refused the access ("H" Extension, "Guest-Page Faults").
  package var isGuestPageFault: Bool {
    self == .instructionGuestPageFault || self == .loadGuestPageFault || self == .storeGuestPageFault
  }

  /// A load, store or AMO raised it.
  package var isDataAccess: Bool {
    switch self {
    case .loadAddressMisaligned, .loadAccessFault, .storeAddressMisaligned, .storeAccessFault, .loadPageFault,
      .storePageFault, .loadGuestPageFault, .storeGuestPageFault:
      true
    default: false
    }
  }

  /// The trap's value is the address of a failed access, or of a breakpoint.
  package var hasAddress: Bool {
    switch self {
    case .illegalInstruction, .virtualInstruction, .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS,
      .environmentCallFromM:
      false
    case .instructionAddressMisaligned, .instructionAccessFault, .breakpoint, .loadAddressMisaligned, .loadAccessFault,
      .storeAddressMisaligned, .storeAccessFault, .instructionPageFault, .loadPageFault, .storePageFault,
      .instructionGuestPageFault, .loadGuestPageFault, .storeGuestPageFault:
      true
    }
  }
}

/// Interrupts by their bit number in `mip` (Privileged ISA, "Machine Interrupt Registers").
package enum Interrupt: UInt64, Sendable, CaseIterable {
  case supervisorSoftware = 1
  case virtualSupervisorSoftware = 2
  case machineSoftware = 3
  case supervisorTimer = 5
  case virtualSupervisorTimer = 6
  case machineTimer = 7
  case supervisorExternal = 9
  case virtualSupervisorExternal = 10
  case machineExternal = 11

  package var mask: UInt64 { 1 << rawValue }
  package var name: String {
    switch self {
    case .supervisorSoftware: "supervisor software interrupt"
    case .virtualSupervisorSoftware: "VS-level software interrupt"
    case .machineSoftware: "machine software interrupt"
    case .supervisorTimer: "supervisor timer interrupt"
    case .virtualSupervisorTimer: "VS-level timer interrupt"
    case .machineTimer: "machine timer interrupt"
    case .supervisorExternal: "supervisor external interrupt"
    case .virtualSupervisorExternal: "VS-level external interrupt"
    case .machineExternal: "machine external interrupt"
    }
  }
}

/// A synchronous exception that an instruction raised: what the guest did, architectural and typed.
package struct Trap: Error, Sendable, Equatable {
  package var cause: ExceptionCause
  /// The access was one of a guest although V is 0 (`hlv`, `hsv`, MPRV with MPV), so that `value` is the guest's address.
  package var isGuestAccess = false
  /// What goes to `mtinst` or `htinst`: a pseudoinstruction, or zero. Transformed instructions are made at the trap's entry.
  package var instruction: UInt32 = 0
  /// What goes to `mtval` or `stval`: the faulting address, the instruction's bits, or zero.
  package var value: UInt64
  /// Of a guest-page fault: the guest-physical address that the G-stage refused.
  package var guestPhysicalAddress: UInt64 = 0

  package init(_ cause: ExceptionCause, value: UInt64 = 0) {
    self.cause = cause
    self.value = value
  }
}
