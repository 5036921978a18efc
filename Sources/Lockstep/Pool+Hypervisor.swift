import RISCV

extension Pool {
  /// A change of a CSR that a hypervisor or its guest runs by.
  mutating func hypervisorAccess(
    _ random: inout SeededGenerator, _ reference: Reference, _ traits: ProgramTraits
  ) -> Access {
    let change = random.pick([Operation.set, Operation.clear])
    func access(_ csr: CSR, _ operation: Int, _ offset: Int) -> Access {
      Access(number: csr.rawValue, operation: operation, offset: offset)
    }
    // As the guest names them, and those of the host that it might.
    let guestEnables = traits.enables | traits.enables >> 1 & 0x222
    switch random.below(12) {
    case 0, 1:
      // SPV, SPVP, GVA, HU; VTVM, VTW, VTSR are set half as often as they are cleared.
      var bits: [UInt64] = [0x40, 0x80, 0x100, 0x200, 1 << 20, 1 << 21, 1 << 22]
      if reference.needs(.guestTranslationTrap) { bits.removeAll { $0 == 1 << 20 } }
      let rare = change == Operation.set && random.once(in: 2)
      return access(.hstatus, change, add(rare ? random.pick(Array(bits.prefix(4))) : random.pick(bits)))
    case 2, 3:
      var bits: [UInt64] = [2, 0x20, 0x100, 0x6000, 1 << 18, 1 << 19]
      bits.removeAll { traits.withheld(reference) & $0 != 0 }
      return access(.vsstatus, change, add(random.pick(bits) | random.pick(bits)))
    case 4: return access(.hedeleg, Operation.write, add(Self.guestDelegation(&random, reference)))
    case 5: return access(.hideleg, Operation.write, add(random.bits() & 0x444))
    case 6, 7: return access(random.pick([.hvip, .hvip, .hip]), change, add(random.bits() & 0x444))
    case 8:
      let csr = random.pick([CSR.hie, .vsie])
      let mask: UInt64 = csr == .vsie && reference.needs(.guestInterruptView) ? 0x222 : 0x666
      return access(csr, change, add(random.bits() & mask & (csr == .vsie ? guestEnables : traits.enables)))
    case 9:
      let csr = random.pick([CSR.vsip, .vsie])
      return access(csr, change, add(random.bits() & 0x222 & (csr == .vsie ? guestEnables : .max)))
    case 10:
      if random.once(in: 2) { return access(.vstvec, change, add(1)) }
      return access(random.pick([.hcounteren, .mcounteren]), Operation.write, add(random.bits() & 7))
    default:
      if random.once(in: 2) { return access(.htimedelta, Operation.write, add(random.bits() >> 8)) }
      guard reference.hasNewExtensions else { return access(.vsscratch, Operation.set, add(0)) }
      return access(.henvcfg, change, add(random.bits() & 0xc0))
    }
  }
}
