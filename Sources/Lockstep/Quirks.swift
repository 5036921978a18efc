import RISCV

/// CSRs and encodings that the generator may use with a reference, by the excuses.
enum Quirks {
  /// Hold any value that is written (WARL without restriction, and `frm`, whose reserved values are legal to hold).
  static func freeCSRs(_ reference: Reference, _ traits: ProgramTraits) -> [UInt16] {
    var csrs: [CSR] = [.fflags, .frm, .fcsr, .stval, .mtval]
    if traits.hasGuests { csrs += [.vstval, .htval, .mtval2] }
    csrs.removeAll { hidden(reference, traits).contains($0) }
    if !reference.needs(.zeroTrapInstruction) && traits.hasGuests { csrs += [.htinst, .mtinst] }
    if !reference.needs(.oddTrapAddress) { csrs += traits.hasGuests ? [.sepc, .mepc, .vsepc] : [.sepc, .mepc] }
    if !reference.needs(.wideCounterEnables) { csrs += [.scounteren, .mcounteren] }
    if !reference.needs(.wideCounterEnables) && traits.hasGuests { csrs += [.hcounteren] }
    // A program that reads the cause of a fault would carry a wrong one on.
    if !reference.needs(.atomicCause) { csrs += traits.hasGuests ? [.scause, .mcause, .vscause] : [.scause, .mcause] }
    return csrs.map(\.rawValue)
  }

  /// CSRs that are compared with an excuse, so that no program carries their values on.
  static func hidden(_ reference: Reference, _ traits: ProgramTraits) -> [CSR] {
    var csrs: [CSR] = []
    if reference.needs(.guestExternalDelegation) { csrs.append(.mideleg) }
    if reference.needs(.zeroTrapInstruction) { csrs += [.htinst, .mtinst] }
    if reference.needs(.atomicCause) { csrs += [.mcause, .scause, .vscause] }
    if reference.needs(.newExtensions) { csrs += [.menvcfg, .henvcfg, .stimecmp, .vstimecmp] }
    if reference.needs(.guestStatusBits) { csrs.append(.vsstatus) }
    guard traits.hasGuests else { return csrs }
    if reference.needs(.guestAddressFlag) { csrs.append(.mstatus) }
    if reference.needs(.guestInterruptView) { csrs += [.vsip, .sip, .sie] }
    if reference.needs(.guestProtection) { csrs += [.mtval2, .htval] }
    if reference.needs(.guestTrapRegisters) { csrs += [.hstatus] }
    if reference.needs(.virtualInstructionValue) { csrs += [.mtval, .stval, .vstval] }
    return csrs
  }

  /// CSRs whose value or presence is the machine's.
  private static func isOwn(_ number: UInt16, _ reference: Reference) -> Bool {
    if reference.needs(.contextRegisters) && [0x5a8, 0x6a8, 0x7a8].contains(number) { return true }
    if reference.needs(.moreProtectionEntries), case 0x3c0...0x3ef = number { return true }
    if reference.needs(.moreProtectionEntries), case 0x3a4...0x3af = number { return true }
    guard reference.needs(.ownRegisters) else { return false }
    switch number {
    // Counters, identity, `misa`, triggers and debug mode, `seed`, and custom ones.
    case 0xc00...0xc9f, 0xb00...0xb9f, 0x320...0x33f, 0xf11...0xf15, 0x301, 0x7a0...0x7bf, 0x015: return true
    default: return number >> 6 & 3 == 3
    }
  }

  /// The number of a CSR to read: one in two of those that exist.
  static func readableNumber(
    _ random: inout SeededGenerator, _ reference: Reference, _ traits: ProgramTraits
  ) -> UInt16 {
    let hidden = hidden(reference, traits).map(\.rawValue)
    while true {
      let number = random.once(in: 2) ? random.pick(CSRName.all).number : UInt16(random.below(4096))
      if isOwn(number, reference) || hidden.contains(number) { continue }
      // QEMU has others: `mstateen`, `seed`.
      if !reference.hasNewExtensions && !CSRName.all.contains(where: { $0.number == number }) { continue }
      return number
    }
  }

  /// Whether no machine has a meaning for it: major opcodes of extensions that a reference may have are left out.
  static func isIllegalEverywhere(_ word: UInt32) -> Bool {
    switch word & 0x7f {
    // Custom opcodes, vectors, SYSTEM (hypervisor, debug mode), MISC-MEM (reserved fences act as fences).
    case 0x0b, 0x2b, 0x5b, 0x7b, 0x57, 0x77, 0x73, 0x0f: false
    // Encodings of 48 bits and more.
    case let opcode where opcode & 0x1f == 0x1f: false
    default: true
    }
  }
}
