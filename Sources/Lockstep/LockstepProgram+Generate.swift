import RISCV

extension LockstepProgram {
  package static let defaultLength = 160

  /// The program of a seed for a reference: the same on every machine and in every process.
  package init(seed: UInt64, for reference: Reference, length: Int = defaultLength) {
    var random = SeededGenerator(state: seed)
    self.seed = seed
    tables = PageTables(using: &random)
    let trapsFences = random.once(in: 8)
    var generator = SlotGenerator(
      random: SeededGenerator(state: random.next()), reference: reference, trapsFences: trapsFences)
    slots = (0..<length).map { generator.slot($0) }
    modes = (0..<length).map { _ in random.pick([Self.keepsMode, Self.keepsMode, Self.keepsMode, 3, 1, 1, 0]) }
    pool = generator.pool.values
    x = (0..<32).map { _ in Self.interesting(&random) }
    f = (0..<32).map { _ in random.once(in: 3) ? 0xffff_ffff_0000_0000 | random.bits() : Self.interesting(&random) }
    data = (0..<Int(Place.dataPages) * 512).map { _ in Self.interesting(&random) }
    csrs = Self.initialCSRs(&random, reference)
    setPointers(&random)
  }

  private mutating func setPointers(_ random: inout SeededGenerator) {
    let high = 0xffff_ffff_0000_0000 as UInt64
    let alias = Place.base + Place.alias
    x[2] = Place.data + 0x1800
    x[3] = Place.pool
    x[4] = Place.leafTables + 0x1000
    x[12] = random.pick([Place.data + 0x2800, Place.data + 0x2000, alias + 0x6_5800])
    x[13] = alias + random.pick([0, high]) + UInt64(random.below(16)) << 12 + random.pick([0, 0x800])
    x[14] =
      alias + random.pick([0, high]) + random.pick([0x1_0800, 0x1_8000, 0x20_0800, 0x40_0800, 0x6_4800, 0x6_5000])
    x[15] = random.pick([
      0x0100_0000_0000_0800, 0x80_0000_0000, 0x7f_ffff_f800, 0x1_0000_0000, 0xa000_0000, 0, 0xffff_ffff_ffff_f800,
    ])
  }

  /// A number as programs have them: small, or with a bit or a byte set, or any.
  private static func interesting(_ random: inout SeededGenerator) -> UInt64 {
    switch random.below(5) {
    case 0: UInt64(bitPattern: Int64(random.below(64) - 32))
    case 1: 1 << (random.bits() & 63)
    case 2:
      random.pick([
        0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0000, 0xffff_ffff_7f80_0000, 0xffff_ffff_7fc0_0000, 1 << 63, .max >> 1,
      ])
    default: random.bits()
    }
  }

  private static func initialCSRs(
    _ random: inout SeededGenerator, _ reference: Reference
  ) -> [(number: UInt16, value: UInt64)] {
    var csrs: [(number: UInt16, value: UInt64)] = []
    func set(_ csr: CSR, _ value: UInt64) { csrs.append((csr.rawValue, value)) }
    set(.mtvec, Harness.machineHandler)
    set(.stvec, Place.supervisorHandler)
    // FS is dirty from the start; MPP says where the program begins.
    set(.mstatus, 0x6000 | random.pick([0, 1, 1, 3]) << 11 | (random.bits() & (1 << 18 | 1 << 19 | 0x1a2)))
    set(.medeleg, random.once(in: 2) ? Pool.delegation(&random, reference) : 0)
    set(.mideleg, random.bits() & 0x222)
    set(.mie, random.bits() & 0x222)
    set(.mcounteren, random.bits() & 7)
    set(.scounteren, random.bits() & 7)
    if reference.hasNewExtensions {
      // Without FIOM, which Spike does not have.
      set(.stimecmp, .max)
      set(.menvcfg, random.bits() & (1 << 63 | 1 << 61 | 0xc0) | (random.once(in: 2) ? 1 << 61 : 0))
      set(.senvcfg, random.bits() & 0xc0)
    }
    // The first three entries open the harness; the last one opens the rest, or only lets it be read.
    var addresses = [Place.base >> 2 | 0x7fff, Place.results >> 2 | 0x7ff, Place.leafTables >> 2 | 0x7ff]
    var configurations: [UInt64] = [0x1f, 0x1f, 0x1f]
    let isTame = !random.once(in: 4)
    for _ in 3..<15 {
      addresses.append(Pool.protectionAddress(&random))
      configurations.append(isTame || random.once(in: 2) ? 0 : Pool.protection(&random))
    }
    addresses.append((1 << 54) - 1)
    configurations.append(random.once(in: 8) ? 0x19 : 0x1f)
    for index in 0..<16 { csrs.append((CSRGroup.pmpaddr.number(index), addresses[index])) }
    for half in 0..<2 {
      let value = (0..<8).reduce(UInt64(0)) { $0 | configurations[8 * half + $1] << UInt64(8 * $1) }
      csrs.append((CSRGroup.pmpcfg.number(2 * half), value))
    }
    set(.satp, Pool.satp(&random))
    return csrs
  }
}
