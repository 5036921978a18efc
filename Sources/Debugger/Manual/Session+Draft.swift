import Hypervisor
import RISCV

// The draft in place of the guest, for expressions.
extension Session {
  /// A register of the draft's, with the type that the guest's has.
  func drafted(_ register: GuestRegister, _ bits: UInt64, _ location: Value.Location) -> Value {
    let type: ValueType =
      switch register {
      case .pc, .x(1): .codePointer
      case .privilege: .int
      case .x(let number): [2, 3, 4, 8].contains(number) ? .pointer(to: .void) : .long
      case .f: .float(size: 8)
      case .csr: .long
      }
    return Value(bits, type, location: location)
  }

  func setDraft(_ name: String, _ bits: UInt64) throws(EvaluationError) {
    let draft: GuestDraft
    do { draft = try requireDraft() } catch { throw .other(error.description) }
    guard let register = GuestRegister(name: name) else { throw .other("Invalid register `\(name)'") }
    if draft.set(register, to: bits) { return }
    switch register {
    case .x: throw .other("Register zero (x0) is always 0.")
    case .privilege: throw .other("No privilege mode \(bits): 0 is U, 1 is S, 3 is M, 4 is VU, 5 is VS.")
    default: throw .other("Register \(name) is read-only.")
    }
  }
}
