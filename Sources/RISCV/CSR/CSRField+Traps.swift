/// Fields of the registers that say which traps are taken, where to, and why.
extension CSRField {
  /// A bit for each interrupt: `mip` and `sip` (letter `P`), `mie` and `sie` (`E`), `mideleg` (none) (Machine-Level ISA,
  /// "Machine Interrupt Registers").
  static func interrupts(letter: String, _ interrupts: [Interrupt]) -> [CSRField] {
    interrupts.reversed().map { interrupt in
      CSRField(interrupt.shortName + letter, bit: Int(interrupt.rawValue), interrupt.name)
    }
  }

  /// `medeleg`: a bit for each exception, named by its code (Machine-Level ISA, "Machine Trap Delegation Registers").
  static let exceptionDelegation: [CSRField] = ExceptionCause.allCases.reversed().compactMap { cause in
    // What M-mode asks of itself cannot be delegated.
    cause == .environmentCallFromM ? nil : CSRField("cause\(cause.rawValue)", bit: Int(cause.rawValue), cause.name)
  }

  /// `mtvec` and `stvec` (Machine-Level ISA, "Machine Trap-Vector Base-Address Register").
  static let trapVector: [CSRField] = [
    CSRField("BASE", 63, 2) { hexadecimal($0 << 2) },
    CSRField("MODE", 1, 0, names: ["Direct", "Vectored"]),
  ]

  /// `mcause` and `scause` (Machine-Level ISA, "Machine Cause Register").
  static let cause: [CSRField] = [
    CSRField("Interrupt", 63, 63) { $0 == 1 ? "interrupt" : "exception" },
    CSRField("Code", 62, 0) { code, register in
      register >> 63 == 1 ? Interrupt(rawValue: code)?.name : ExceptionCause(rawValue: code)?.name
    },
  ]
}

extension Interrupt {
  /// Whether it is one of S-mode, that `mideleg` can delegate.
  var isSupervisor: Bool { rawValue & 3 == 1 }
  /// A VS-level interrupt: one that a hypervisor raises for its guest.
  var isVirtualSupervisor: Bool { rawValue & 3 == 2 }
  /// The interrupt as the guest sees it: VS-level ones are the supervisor's own there, a bit lower.
  var guestCode: UInt64 { isVirtualSupervisor ? rawValue - 1 : rawValue }

  /// What the names of its bits begin with, such as `STI` of `STIP` and `STIE`.
  fileprivate var shortName: String {
    switch self {
    case .supervisorSoftware: "SSI"
    case .virtualSupervisorSoftware: "VSSI"
    case .machineSoftware: "MSI"
    case .supervisorTimer: "STI"
    case .virtualSupervisorTimer: "VSTI"
    case .machineTimer: "MTI"
    case .supervisorExternal: "SEI"
    case .virtualSupervisorExternal: "VSEI"
    case .machineExternal: "MEI"
    }
  }
}
