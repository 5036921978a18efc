import RISCV

/// The doublewords that a program's CSR accesses take their values from: only such as keep the program going.
struct Pool {
  private(set) var values: [UInt64] = []
  static let capacity = 256

  /// A CSR instruction: number, funct3, and where in the pool its operand is.
  struct Access {
    var number: UInt16
    var operation: Int
    var offset: Int
  }

  /// Puts a value into the pool; its offset from the pool's start.
  mutating func add(_ value: UInt64) -> Int {
    if let index = values.firstIndex(of: value) { return 8 * index }
    guard values.count < Self.capacity else { return 0 }
    values.append(value)
    return 8 * (values.count - 1)
  }

  static func satp(_ random: inout SeededGenerator) -> UInt64 {
    switch random.below(10) {
    case 0: 0
    case 1: 5 << 60 | 0x80010
    default: PageTables.satp(set: random.below(2), scheme: UInt64(8 + random.below(3)))
    }
  }

  static func vsatp(_ random: inout SeededGenerator) -> UInt64 {
    random.once(in: 4) ? 0 : PageTables.satp(set: random.below(2), scheme: UInt64(8 + random.below(3)))
  }

  static func hgatp(_ random: inout SeededGenerator) -> UInt64 {
    random.once(in: 6) ? 0 : GuestTables.hgatp(set: random.below(2), scheme: UInt64(8 + random.below(3)))
  }

  /// Exceptions that may be delegated: without those whose bit is the machine's choice, and `ecall` from S, which ends the program.
  private static let delegable: UInt64 = 0xf0_b5fe
  private static let guestDelegable: UInt64 = 0xb1fe

  /// A value for `medeleg`. Where tables change, every `ecall` reaches M-mode's handler, which fences.
  static func delegation(
    _ random: inout SeededGenerator, _ reference: Reference, _ traits: ProgramTraits
  ) -> UInt64 {
    joined(random.bits() & (traits.changesTables ? delegable & ~0x500 : delegable), reference)
  }

  static func guestDelegation(_ random: inout SeededGenerator, _ reference: Reference) -> UInt64 {
    let bits = random.bits() & guestDelegable
    // A guest never handles what QEMU may take for a guest-page fault or a virtual instruction.
    guard reference.needs(.guestProtection) else { return bits }
    return bits & ~0xa0a6 | (bits & 0x2000 != 0 ? 0xa000 : 0)
  }

  /// QEMU mixes up faults of loads and of atomics, access faults and guest-page faults, illegal and virtual instructions; so for
  /// it they go to the same mode.
  private static func joined(_ bits: UInt64, _ reference: Reference) -> UInt64 {
    var bits = bits
    let groups: [(Excuse, UInt64)] = [
      (.atomicCause, 0xa0_a0a0), (.guestProtection, 0x10_1002), (.virtualInstructionCause, 0x40_0004),
    ]
    for (excuse, group) in groups where reference.needs(excuse) {
      // All of them as the lowest one.
      bits = bits & group & (~group + 1) == 0 ? bits & ~group : bits | group
    }
    return bits
  }

  enum Operation { static let write = 1, set = 2, clear = 3 }

  mutating func access(_ random: inout SeededGenerator, _ reference: Reference, _ traits: ProgramTraits) -> Access {
    let change = random.pick([Operation.set, Operation.clear])
    func access(_ csr: CSR, _ operation: Int, _ offset: Int) -> Access {
      Access(number: csr.rawValue, operation: operation, offset: offset)
    }
    switch random.below(12) {
    case 0, 1, 2, 3:
      // SIE, MIE, SPIE, MPIE, SPP, MPP, FS, MPRV, SUM, MXR, TW, TSR: FS is off or dirty, since clean is the machine's choice.
      var bits: [UInt64] = [2, 8, 0x20, 0x80, 0x100, 0x6000, 1 << 17, 1 << 18, 1 << 19, 1 << 21, 1 << 22]
      bits.append(change == Operation.clear ? random.pick([0x1000, 0x1800]) : 0x1800)
      if traits.trapsFences { bits.append(1 << 20) }
      if traits.hasGuests && !reference.needs(.machineGuest) { bits += [1 << 38, 1 << 39] }
      bits.removeAll { traits.withheld(reference) & $0 != 0 }
      return access(.mstatus, change, add(random.pick(bits) | random.pick(bits)))
    case 4, 5:
      var bits: [UInt64] = [2, 0x20, 0x100, 0x6000, 1 << 18, 1 << 19]
      bits.removeAll { traits.withheld(reference) & $0 != 0 }
      return access(.sstatus, change, add(random.pick(bits) | random.pick(bits)))
    case 6: return access(.medeleg, Operation.write, add(Self.delegation(&random, reference, traits)))
    case 7: return access(.mideleg, Operation.write, add(random.bits() & 0x222))
    case 8:
      let csr = random.pick([CSR.mie, .sie])
      let mask = csr == .sie && reference.needs(.guestInterruptView) ? 0x222 : UInt64.max
      return access(csr, change, add(random.bits() & mask & traits.enables))
    case 9: return access(random.pick([.mip, .sip]), change, add(random.bits() & 0x222))
    case 10: return access(random.pick([.mtvec, .stvec]), change, add(1))
    default:
      guard reference.hasNewExtensions else { return access(.mscratch, Operation.set, add(0)) }
      if random.once(in: 2) { return access(.senvcfg, change, add(random.bits() & 0xc0)) }
      return access(.menvcfg, change, add(random.bits() & 0xc0))
    }
  }

  /// An entry's configuration: W without R is reserved.
  static func protection(_ random: inout SeededGenerator, _ reference: Reference) -> UInt64 {
    var bits = random.bits() & 0x1f
    if bits & 3 == 2 { bits |= 1 }
    if random.once(in: 12) { bits |= reference.needs(.unreadableResults) ? 0x81 : 0x80 }
    return bits
  }

  /// An address for a PMP entry somewhere in code, data or around them.
  static func protectionAddress(_ random: inout SeededGenerator) -> UInt64 {
    let place = random.pick([Place.code, Place.data, Place.far, Place.base]) + random.bits() % 0x5000
    return place >> 2 | (random.once(in: 2) ? (1 << UInt64(random.below(14))) - 1 : 0)
  }

  mutating func protectionAccess(_ random: inout SeededGenerator, _ reference: Reference) -> Access {
    if random.once(in: 2) {
      let number = CSRGroup.pmpaddr.number(3 + random.below(12))
      return Access(number: number, operation: Operation.write, offset: add(Self.protectionAddress(&random)))
    }
    // The last entry stays as it is: it opens what the others leave.
    let value = (0..<7).reduce(UInt64(0)) { $0 | Self.protection(&random, reference) << UInt64(8 * $1) } | 0x1f << 56
    return Access(number: CSRGroup.pmpcfg.number(2), operation: Operation.write, offset: add(value))
  }
}
