/// A register that trap handlers of a mode work with, by what it is for: `sepc`, `mepc` and `vsepc` are one.
package enum TrapRegister: Int, CaseIterable, Sendable {
  case status, scratch, exceptionPC, cause, value, vector

  /// The one that code of a mode calls by a CSR's number.
  package init?(csr number: UInt16, in mode: PrivilegeMode) {
    guard mode.level != 0, let found = Self.allCases.first(where: { $0.name(in: mode) == number }) else { return nil }
    self = found
  }

  /// The number by which code of a mode other than U calls it.
  package func name(in mode: PrivilegeMode) -> UInt16 { (mode == .machine ? 0x300 : 0x100) | offset }
  /// The number of the register that it is: as ``name(in:)``, but for a guest's.
  package func number(in mode: PrivilegeMode) -> UInt16 { mode.isVirtual ? 0x200 | offset : name(in: mode) }

  /// The same in the registers of all modes (Privileged ISA, "CSR Listing").
  private var offset: UInt16 {
    switch self {
    case .status: 0x00
    case .vector: 0x05
    case .scratch: 0x40
    case .exceptionPC: 0x41
    case .cause: 0x42
    case .value: 0x43
    }
  }

  /// Bits of the status register on which neither translation nor the floating-point unit depends.
  package static func plainStatus(in mode: PrivilegeMode) -> UInt64 {
    let supervisor = Status.sie | Status.spie | Status.spp
    return mode == .machine ? supervisor | Status.mie | Status.mpie : supervisor
  }
  /// Its field FS (0 off, 1 initial, 2 clean, 3 dirty), on which the floating-point unit depends.
  package static let floatStatus = Status.fs
  /// The bit of the plain ones that lets interrupts through.
  package static func interruptEnable(in mode: PrivilegeMode) -> UInt64 {
    mode == .machine ? Status.mie : Status.sie
  }
}

extension Hart {
  /// All registers of the present mode, by their raw values.
  package var trapRegisters: [6 of UInt64] {
    let (mode, pointer) = (privilege, pointer)
    return [6 of UInt64] { index in
      pointer.readCSR(TrapRegister(rawValue: index).unsafelyUnwrapped.number(in: mode)).unsafelyUnwrapped
    }
  }

  /// A register of the present mode. What is written has to be a value that the register can hold.
  package subscript(register register: TrapRegister) -> UInt64 {
    // SAFETY: all modes but U have them.
    get { pointer.readCSR(register.number(in: privilege)).unsafelyUnwrapped }
    set { pointer.writeCSR(register.number(in: privilege), newValue) }
  }
}
