import RISCV

/// What a guest can see of its hart: what a monitor has to give back at an entry.
package struct GuestState: Sendable, Equatable {
  /// A part of it.
  package enum Place: Hashable, Sendable {
    case x(Int)
    case f(Int)
    case pc
    /// The mode that it goes on in: 0 U, 1 S.
    case mode
    /// One of ``GuestState/registers``, by the name under which the guest knows it.
    case csr(CSR)
  }

  package var x: [UInt64]
  package var f: [UInt64]
  package var pc: UInt64
  /// In the guest's supervisor mode; else in its user mode.
  package var isSupervisor: Bool
  /// By ``registers``; nil where the monitor keeps them to itself.
  package var csrs: [UInt64]?

  /// The guest's registers, and those of the hart that hold them while V is 1.
  package static let registers: [(guest: CSR, virtual: CSR)] = [
    (.sstatus, .vsstatus), (.stvec, .vstvec), (.sscratch, .vsscratch), (.sepc, .vsepc), (.scause, .vscause),
    (.stval, .vstval), (.satp, .vsatp),
  ]

  /// The state in a hart whose guest runs in VS and VU. At an exit, pc and mode are where the trap put them.
  package init(_ hart: Hart, pc: UInt64, mode: PrivilegeMode) {
    x = (0..<32).map { hart.x($0) }
    f = (0..<32).map { hart.f($0) }
    self.pc = pc
    isSupervisor = mode.level == 1
    csrs = Self.registers.map { hart.readCSR($0.virtual.rawValue) ?? 0 }
  }

  package subscript(place: Place) -> UInt64? {
    switch place {
    case .x(let number): x[number]
    case .f(let number): f[number]
    case .pc: pc
    case .mode: isSupervisor ? 1 : 0
    case .csr(let csr):
      csrs.flatMap { values in Self.registers.firstIndex { $0.guest == csr }.map { values[$0] } }
    }
  }

  /// Every place, in the order in which differences are told.
  package static let places: [Place] =
    [.pc, .mode] + (1..<32).map { .x($0) } + registers.map { .csr($0.guest) } + (0..<32).map { .f($0) }

  /// Puts a hart into this state, in VS or VU.
  func load(into hart: Hart) {
    for number in 1..<32 { hart.setX(number, x[number]) }
    for number in 0..<32 { hart.setF(number, f[number]) }
    for (index, register) in Self.registers.enumerated() {
      _ = hart.writeCSR(register.virtual.rawValue, csrs?[index] ?? 0)
    }
    hart.privilege = isSupervisor ? .virtualSupervisor : .virtualUser
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
