/// The privilege modes of RISC-V by their encoding (Privileged ISA, "Privilege Levels").
package enum PrivilegeMode: UInt8, Sendable, Comparable, CaseIterable {
  case user = 0
  case supervisor = 1
  case machine = 3

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  /// One letter as in specifications: `U`, `S`, `M`.
  package var letter: String {
    switch self {
    case .user: "U"
    case .supervisor: "S"
    case .machine: "M"
    }
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
  case environmentCallFromM = 11
  case instructionPageFault = 12
  case loadPageFault = 13
  case storePageFault = 15

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
    case .environmentCallFromM: "environment call from M-mode"
    case .instructionPageFault: "instruction page fault"
    case .loadPageFault: "load page fault"
    case .storePageFault: "store/AMO page fault"
    }
  }
}

/// Interrupts by their bit number in `mip` (Privileged ISA, "Machine Interrupt Registers").
package enum Interrupt: UInt64, Sendable, CaseIterable {
  case supervisorSoftware = 1
  case machineSoftware = 3
  case supervisorTimer = 5
  case machineTimer = 7
  case supervisorExternal = 9
  case machineExternal = 11

  package var mask: UInt64 { 1 << rawValue }
  package var name: String {
    switch self {
    case .supervisorSoftware: "supervisor software interrupt"
    case .machineSoftware: "machine software interrupt"
    case .supervisorTimer: "supervisor timer interrupt"
    case .machineTimer: "machine timer interrupt"
    case .supervisorExternal: "supervisor external interrupt"
    case .machineExternal: "machine external interrupt"
    }
  }
}

/// A synchronous exception that an instruction raised: what the guest did, architectural and typed.
package struct Trap: Error, Sendable, Equatable {
  package var cause: ExceptionCause
  /// What goes to `mtval` or `stval`: the faulting address, the instruction's bits, or zero.
  package var value: UInt64

  package init(_ cause: ExceptionCause, value: UInt64 = 0) {
    self.cause = cause
    self.value = value
  }
}
