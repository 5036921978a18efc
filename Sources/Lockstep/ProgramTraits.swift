/// What a whole program does or leaves.
struct ProgramTraits {
  /// Changes of page tables need `sfence.vma`, so TVM is set only in programs without them.
  var trapsFences: Bool
  /// V is entered, and hypervisor CSRs are written.
  var hasGuests: Bool
  /// Tables change while guests run: each change ends with an `ecall` that only M-mode's handler gets.
  var changesTables: Bool
  /// Interrupts that are enabled ever: those that software can raise, with the machine software interrupt.
  var enables: UInt64 = 0x66e

  /// Such as come in the order of their numbers, a guest's view of them among them.
  static let orderedEnables: [UInt64] = [0x46, 0x60, 0x608]

  /// Bits of the status registers that are never set.
  func withheld(_ reference: Reference) -> UInt64 {
    guard hasGuests else { return 0 }
    let bits: [(Excuse, UInt64)] = [
      (.guestExecutableReads, 1 << 19), (.guestTableTrap, 1 << 20), (.guestReturnTrap, 1 << 22),
    ]
    return bits.reduce(0) { $0 | (reference.needs($1.0) ? $1.1 : 0) }
  }
}
