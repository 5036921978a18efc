import RISCV

/// What one instruction did to a machine in one state.
struct CensusOutcome: Equatable {
  /// What a program sees: registers, floating-point registers and their status, its memory, and where it goes on.
  struct Visible: Equatable {
    var registers: [UInt64]
    var memory: [UInt8]
    var nextPC: UInt64
  }

  /// The exception, where it did not complete.
  var trap: ExceptionCause?
  var visible: Visible
  /// Control state by name: CSRs that are no views of others, the mode, fences, and whether the hart waits.
  var control: [UInt64]

  /// Names for the places of `control`.
  static let controlNames: [String] =
    controlRegisters.map { CSRName.name(of: $0)! } + ["mode", "translations", "waiting"]

  /// Registers that hold bits of their own.
  static let controlRegisters: [UInt16] = CensusInstruction.registers.filter { !views.contains($0) }

  /// Others show bits of these, or belong to the program.
  private static let views: Set<UInt16> = Set(
    [
      CSR.fflags, .frm, .fcsr, .cycle, .time, .instret, .sstatus, .sie, .sip, .hie, .hip, .hvip, .vsie, .vsip,
    ].map(\.rawValue) + [CSRGroup.hpmcounter.number(3)])
}
