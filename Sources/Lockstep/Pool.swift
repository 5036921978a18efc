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
    /// The value that was there is the machine's choice in part, and is not read.
    var hidesOld = false
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

  /// Exceptions that may be delegated: without those whose bit is the machine's choice, and `ecall` from S, which ends the program.
  private static let delegable: UInt64 = 0xb1fe

  /// A value for `medeleg`. QEMU 7.2 mixes up faults of loads and of atomics, so for it both go to the same mode.
  static func delegation(_ random: inout SeededGenerator, _ reference: Reference) -> UInt64 {
    let bits = random.bits() & delegable
    if reference.kind != .qemu { return bits }
    return bits & ~0x2020 | (bits & 0x8080) >> 2
  }

  private enum Operation { static let write = 1, set = 2, clear = 3 }

  mutating func access(_ random: inout SeededGenerator, _ reference: Reference, trapsFences: Bool) -> Access {
    let change = random.pick([Operation.set, Operation.clear])
    func access(_ csr: CSR, _ operation: Int, _ offset: Int, hidesOld: Bool = false) -> Access {
      Access(number: csr.rawValue, operation: operation, offset: offset, hidesOld: hidesOld)
    }
    switch random.below(12) {
    case 0, 1, 2, 3:
      // SIE, MIE, SPIE, MPIE, SPP, MPP, FS, MPRV, SUM, MXR, TW, TSR: FS is off or dirty, since clean is the machine's choice.
      var bits: [UInt64] = [2, 8, 0x20, 0x80, 0x100, 0x6000, 1 << 17, 1 << 18, 1 << 19, 1 << 21, 1 << 22]
      bits.append(change == Operation.clear ? random.pick([0x1000, 0x1800]) : 0x1800)
      if trapsFences { bits.append(1 << 20) }
      return access(.mstatus, change, add(random.pick(bits) | random.pick(bits)))
    case 4, 5:
      let bits: [UInt64] = [2, 0x20, 0x100, 0x6000, 1 << 18, 1 << 19]
      return access(.sstatus, change, add(random.pick(bits) | random.pick(bits)))
    case 6: return access(.medeleg, Operation.write, add(Self.delegation(&random, reference)))
    case 7: return access(.mideleg, Operation.write, add(random.bits() & 0x222), hidesOld: true)
    case 8: return access(random.pick([.mie, .sie]), change, add(random.bits() & 0x222))
    case 9: return access(random.pick([.mip, .sip]), change, add(random.bits() & 0x222))
    case 10: return access(random.pick([.mtvec, .stvec]), change, add(1))
    default:
      guard reference.hasNewExtensions else { return access(.mscratch, Operation.set, add(0)) }
      if random.once(in: 2) { return access(.senvcfg, change, add(random.bits() & 0xc0)) }
      return access(.menvcfg, change, add(random.bits() & 0xc0))
    }
  }

  /// An entry's configuration: W without R is reserved.
  static func protection(_ random: inout SeededGenerator) -> UInt64 {
    var bits = random.bits() & 0x1f
    if bits & 3 == 2 { bits |= 1 }
    if random.once(in: 12) { bits |= 0x80 }
    return bits
  }

  /// An address for a PMP entry somewhere in code, data or around them.
  static func protectionAddress(_ random: inout SeededGenerator) -> UInt64 {
    let place = random.pick([Place.code, Place.data, Place.far, Place.base]) + random.bits() % 0x5000
    return place >> 2 | (random.once(in: 2) ? (1 << UInt64(random.below(14))) - 1 : 0)
  }

  mutating func protectionAccess(_ random: inout SeededGenerator) -> Access {
    if random.once(in: 2) {
      let number = CSRGroup.pmpaddr.number(3 + random.below(12))
      return Access(number: number, operation: Operation.write, offset: add(Self.protectionAddress(&random)))
    }
    // The last entry stays as it is: it opens what the others leave.
    let value = (0..<7).reduce(UInt64(0)) { $0 | Self.protection(&random) << UInt64(8 * $1) } | 0x1f << 56
    return Access(number: CSRGroup.pmpcfg.number(2), operation: Operation.write, offset: add(value))
  }
}
