import RISCV

/// What a guest can see of its hart: what a monitor has to give back at an entry.
package struct GuestState: Sendable, Equatable {
  /// A part of it.
  package enum Place: Hashable, Sendable {
    case x(Int)
    case f(Int)
    case pc
    /// The mode that it goes on in: 0 U, 1 S, 3 M.
    case mode
    /// One of ``GuestState/registers`` or ``GuestState/machineRegisters``, by the name under which the guest knows it.
    case csr(CSR)
  }

  package var x: [UInt64]
  package var f: [UInt64]
  package var pc: UInt64
  /// The guest's mode: 0 user, 1 supervisor, 3 machine.
  package var privilege: UInt64
  /// ``registers``, or ``machineRegisters`` of a guest with an M-mode of its own; nil where the monitor keeps them to itself.
  package var csrs: [CSR: UInt64]?

  /// The registers of a guest above somebody else's firmware, and those of the hart that hold them while V is 1.
  package static let registers: [(guest: CSR, virtual: CSR)] = [
    (.sstatus, .vsstatus), (.stvec, .vstvec), (.sscratch, .vsscratch), (.sepc, .vsepc), (.scause, .vscause),
    (.stval, .vstval), (.satp, .vsatp),
  ]
  /// Those of a guest that has an M-mode: `sstatus` and `sie` are parts of them. What is pending in `mip` only the monitor knows.
  package static let machineRegisters: [CSR] = VirtualHartRecord.machineCSRs.filter { $0 != .mip }

  /// The state in a hart whose guest runs in VS and VU. At an exit, pc and mode are where the trap put them.
  package init(_ hart: Hart, pc: UInt64, mode: PrivilegeMode) {
    self.init(hart, pc: pc, privilege: UInt64(mode.level))
    csrs = [:]
    for register in Self.registers { csrs?[register.guest] = hart.readCSR(register.virtual.rawValue) ?? 0 }
  }

  /// The state in a hart that is used as one with the guest's own M-mode.
  init(withMachineModeOf hart: Hart) {
    self.init(hart, pc: hart.pc, privilege: UInt64(hart.privilege.level))
    csrs = [:]
    for csr in Self.machineRegisters { csrs?[csr] = hart.readCSR(csr.rawValue) ?? 0 }
  }

  private init(_ hart: Hart, pc: UInt64, privilege: UInt64) {
    x = (0..<32).map { hart.x($0) }
    f = (0..<32).map { hart.f($0) }
    self.pc = pc
    self.privilege = privilege
  }

  /// The guest has an M-mode, to which traps go that it has not delegated.
  package var hasMachineMode: Bool { csrs?[.mstatus] != nil }

  /// Bits that do not count: what the H extension adds to a register, which the guest's hart does not have, and MPRV, which a monitor
  /// may keep clear, because a hart in U-mode walks one table for code and data; and SD, which follows from FS.
  static func ignored(_ csr: CSR) -> UInt64 {
    switch csr {
    case .mstatus: 1 << 17 | 3 << 38 | 1 << 63
    case .medeleg: 0xf0_0400
    case .mideleg, .mie: 0x1444
    default: 0
    }
  }
  /// Bits that always hold the same, so that a monitor need not keep them: UXL and SXL, programs and kernels have 64 bits.
  static func constant(_ csr: CSR) -> UInt64 { csr == .mstatus ? 0xa << 32 : 0 }

  package subscript(place: Place) -> UInt64? {
    switch place {
    case .x(let number): x[number]
    case .f(let number): f[number]
    case .pc: pc
    case .mode: privilege
    case .csr(let csr): csrs?[csr]
    }
  }

  /// A place is not what it is in another state.
  func differs(_ place: Place, from other: GuestState) -> Bool {
    guard let mine = self[place], let theirs = other[place] else { return false }
    guard case .csr(let csr) = place else { return mine != theirs }
    return (mine ^ theirs) & ~Self.ignored(csr) != 0
  }

  /// Every place, in the order in which differences are told.
  package static let places: [Place] =
    [.pc, .mode] + (1..<32).map { .x($0) }
    + (registers.map(\.guest) + machineRegisters.filter(isOfMachineOnly)).map { .csr($0) }
    + (0..<32).map { .f($0) }

  private static func isOfMachineOnly(_ csr: CSR) -> Bool { !registers.contains { $0.guest == csr } }

  /// Puts a hart into this state, in VS or VU; or in M, S or U without virtualization, where the guest has an M-mode.
  func load(into hart: Hart) {
    for number in 1..<32 { hart.setX(number, x[number]) }
    for number in 0..<32 { hart.setF(number, f[number]) }
    if hasMachineMode {
      // A write of what cannot be leaves what was: nothing of an earlier state may be left.
      for csr in [CSR.mstatus, .satp] { _ = hart.writeCSR(csr.rawValue, 0) }
      for csr in Self.machineRegisters { _ = hart.writeCSR(csr.rawValue, (csrs?[csr] ?? 0) & ~Self.ignored(csr)) }
      hart.privilege = privilege == 3 ? .machine : privilege == 1 ? .supervisor : .user
    } else {
      hart.becomeOracle()
      for register in Self.registers { _ = hart.writeCSR(register.virtual.rawValue, csrs?[register.guest] ?? 0) }
      hart.privilege = privilege == 0 ? .virtualUser : .virtualSupervisor
    }
    hart.pc = pc
  }
}

extension GuestState.Place {
  /// As the guest calls it, such as `a0`.
  package var name: String {
    switch self {
    case .x(let number): RegisterName.abiX[number]
    case .f(let number): RegisterName.abiF[number]
    case .pc: "pc"
    case .mode: "mode"
    case .csr(let csr): CSRName.name(of: csr.rawValue) ?? "csr"
    }
  }
}

extension GuestState {
  /// `U`, `S` or `M`.
  package static func letter(ofMode privilege: UInt64) -> String {
    switch privilege {
    case 0: "U"
    case 1: "S"
    case 3: "M"
    default: "\(privilege)"
    }
  }
}
