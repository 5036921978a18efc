import RISCV

extension LockstepProgram {
  package static let defaultLength = 160

  /// The program of a seed for a reference: the same on every machine and in every process.
  package init(seed: UInt64, for reference: Reference, length: Int = defaultLength) {
    var random = SeededGenerator(state: seed)
    self.seed = seed
    tables = PageTables(using: &random, for: reference)
    guestTables = GuestTables(using: &random, for: reference)
    var traits = ProgramTraits(
      trapsFences: random.once(in: 8), hasGuests: !random.once(in: 4), changesTables: random.once(in: 2))
    if reference.needs(.interruptOrder) { traits.enables = random.pick(ProgramTraits.orderedEnables) }
    var generator = SlotGenerator(
      random: SeededGenerator(state: random.next()), reference: reference, traits: traits)
    slots = (0..<length).map { generator.slot($0) }
    let choices =
      [Self.keepsMode, Self.keepsMode, Self.keepsMode, 3] + (traits.hasGuests ? [1, 0, 5, 5, 4] : [1, 1, 0])
    modes = (0..<length).map { _ in random.pick(choices) }
    for index in generator.fenced where index < length { modes[index] |= Self.fencesAll }
    pool = generator.pool.values
    x = (0..<32).map { _ in Self.interesting(&random) }
    f = (0..<32).map { _ in random.once(in: 3) ? 0xffff_ffff_0000_0000 | random.bits() : Self.interesting(&random) }
    data = (0..<Int(Place.dataPages) * 512).map { _ in Self.interesting(&random) }
    csrs = Self.initialCSRs(&random, reference, traits)
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
    _ random: inout SeededGenerator, _ reference: Reference, _ traits: ProgramTraits
  ) -> [(number: UInt16, value: UInt64)] {
    var csrs: [(number: UInt16, value: UInt64)] = []
    func set(_ csr: CSR, _ value: UInt64) { csrs.append((csr.rawValue, value)) }
    set(.mtvec, Harness.machineHandler)
    set(.stvec, Place.supervisorHandler)
    // FS is dirty from the start; MPP says where the program begins.
    let privilege = random.pick([0, 1, 1, 3] as [UInt64])
    let entersGuest = traits.hasGuests && random.once(in: 2) && !(privilege == 3 && reference.needs(.machineGuest))
    set(.vstvec, Place.guestHandler)
    set(
      .mstatus,
      0x6000 | privilege << 11 | (random.bits() & (1 << 18 | 1 << 19 | 0x1a2) & ~traits.withheld(reference))
        | (entersGuest ? 1 << 39 : 0))
    set(.medeleg, random.once(in: 2) ? Pool.delegation(&random, reference, traits) : 0)
    set(.mideleg, random.bits() & 0x222)
    set(.mie, random.bits() & traits.enables)
    set(.mcounteren, random.bits() & 7)
    set(.scounteren, random.bits() & 7)
    if reference.hasNewExtensions {
      // Without FIOM, which Spike does not have.
      // Before the bits that make them count.
      set(.stimecmp, .max)
      set(.vstimecmp, .max)
      set(.menvcfg, random.bits() & (1 << 63 | 1 << 61 | 0xc0) | (random.once(in: 2) ? 1 << 61 : 0))
      set(.senvcfg, random.bits() & 0xc0)
      set(.henvcfg, random.bits() & (1 << 63 | 0xc0) | (random.once(in: 3) ? 0 : 1 << 61))
    }
    if traits.hasGuests { guestCSRs(&random, reference, traits, set) }
    // The first three entries open the harness; the last one opens the rest, or only lets it be read.
    var addresses = [Place.base >> 2 | 0x7fff, Place.results >> 2 | 0x7ff, Place.leafTables >> 2 | 0xfff]
    var configurations: [UInt64] = [0x1f, 0x1f, 0x1f]
    let isTame = !random.once(in: 4)
    let isOpen = traits.hasGuests && reference.needs(.guestProtection)
    for _ in 3..<15 {
      addresses.append(Pool.protectionAddress(&random))
      configurations.append(isOpen || isTame || random.once(in: 2) ? 0 : Pool.protection(&random, reference))
    }
    addresses.append((1 << 54) - 1)
    configurations.append(!isOpen && random.once(in: 8) ? 0x19 : 0x1f)
    for index in 0..<16 { csrs.append((CSRGroup.pmpaddr.number(index), addresses[index])) }
    for half in 0..<2 {
      let value = (0..<8).reduce(UInt64(0)) { $0 | configurations[8 * half + $1] << UInt64(8 * $1) }
      csrs.append((CSRGroup.pmpcfg.number(2 * half), value))
    }
    set(.satp, Pool.satp(&random))
    return csrs
  }

  /// What a guest finds, written before `satp` and after what delegates and permits.
  private static func guestCSRs(
    _ random: inout SeededGenerator, _ reference: Reference, _ traits: ProgramTraits, _ set: (CSR, UInt64) -> Void
  ) {
    set(.hedeleg, random.once(in: 3) ? 0 : Pool.guestDelegation(&random, reference))
    set(.hideleg, random.bits() & 0x444)
    set(.hvip, random.once(in: 2) ? 0 : random.bits() & 0x444)
    set(.hcounteren, random.bits() & 7)
    set(.htimedelta, random.bits() >> 8)
    // SPVP, HU, and the traps that a hypervisor asks for; then the guest's own status, its FS dirty.
    let requests: UInt64 = reference.needs(.guestTranslationTrap) ? 6 << 20 : 7 << 20
    set(.hstatus, random.bits() & 0x380 | (random.once(in: 4) ? random.bits() & requests : 0))
    set(.vsstatus, 0x6000 | random.bits() & (1 << 18 | 1 << 19 | 0x122) & ~traits.withheld(reference))
    set(.hgatp, Pool.hgatp(&random))
    set(.vsatp, Pool.vsatp(&random))
  }
}
