import RISCV

/// A register of a guest's hart that a person can name.
package enum GuestRegister: Hashable, Sendable {
  case pc
  /// The privilege mode, as ``PrivilegeMode`` numbers it.
  case privilege
  case x(Int)
  case f(Int)
  case csr(UInt16)

  package init?(name: String) {
    if name == "pc" {
      self = .pc
    } else if name == "priv" {
      self = .privilege
    } else if let number = RegisterName.x(named: name) {
      self = .x(number)
    } else if let number = RegisterName.f(named: name) {
      self = .f(number)
    } else if let number = CSRName.number(named: name) {
      self = .csr(number)
    } else {
      return nil
    }
  }

  /// As at the prompt: `a0`, `mscratch`.
  package var name: String {
    switch self {
    case .pc: "pc"
    case .privilege: "priv"
    case .x(let number): RegisterName.abiX[number]
    case .f(let number): RegisterName.abiF[number]
    case .csr(let number): CSRName.spelling(of: number)
    }
  }

  /// All of them, those first that a person would look at first.
  static let all: [GuestRegister] =
    [.pc, .privilege] + (1..<32).map { .x($0) } + (0..<32).map { .f($0) } + CSRName.all.map { .csr($0.number) }

  /// What a hart has there.
  func value(in hart: Hart) -> UInt64 {
    switch self {
    case .pc: hart.pc
    case .privilege: UInt64(hart.privilege.rawValue)
    case .x(let number): hart.x(number)
    case .f(let number): hart.f(number)
    case .csr(let number): hart.readCSR(number) ?? 0
    }
  }
}
