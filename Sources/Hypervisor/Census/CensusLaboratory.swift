import RISCV

/// Runs single instructions on the hart model, each from a state that was prepared for it.
final class CensusLaboratory {
  private let memory: PhysicalMemory
  private let harts: [Hart]

  private static let base: UInt64 = 0x8000_0000
  /// The program's pages: code, then data. Relocated it is the copy that the harts run.
  private static let data = base + 0x1000
  private static let copy: UInt64 = 1 << 20
  private static let windowSize = 128
  private static let tables = base + 2 << 20
  private static let clock: UInt64 = 5_000
  private static let content = (0..<windowSize).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
  /// What lies where the program's memory would be, were it not relocated.
  private static let foreign = (0..<windowSize).map { UInt8(truncatingIfNeeded: $0 &* 91 &+ 5) }

  init(quirks: PrivilegeQuirks) throws(PhysicalMemoryError) {
    let memory = try PhysicalMemory(size: 4 << 20)
    self.memory = memory
    harts = (0..<2).map { index in
      let hart = Hart(index: index, memory: memory, quirks: quirks, resetVector: Self.base)
      hart.attach(NothingThere())
      return hart
    }
    for (place, bits) in [(Self.tables, UInt64(0)), (Self.tables + 0x10_000, 16)] { makeTable(at: place, user: bits) }
  }

  /// Sv39, root at `place`: the first 2 MiB of RAM lead to the copy. A root of a G-stage takes four pages.
  private func makeTable(at place: UInt64, user: UInt64) {
    let (middle, leaf) = (place + 0x4000, place + 0x5000)
    memory.storeTableEntry(middle >> 2 | 1, at: place + (Self.base >> 30) * 8)
    memory.storeTableEntry(leaf >> 2 | 1, at: middle)
    for page in 0..<UInt64(16) {
      memory.storeTableEntry((Self.base + Self.copy + page << 12) >> 2 | 0xcf | user, at: leaf + page * 8)
    }
  }

  /// Puts an instruction where both places of the program have it.
  func place(_ bits: UInt32) {
    for shift in [0, Self.copy] { _ = memory.store(bits, to: GuestPhysicalAddress(Self.base + shift)) }
  }

  /// Runs the instruction that was placed last.
  func run(
    _ mode: PrivilegeMode, _ configuration: CensusConfiguration, _ operand: CensusOperand, usesAddress: Bool
  ) -> CensusOutcome {
    let hart = harts[configuration == .otherHart ? 1 : 0]
    let isRelocated = configuration == .relocated && mode != .machine
    prepare(hart, mode, configuration, operand, usesAddress)
    let (here, there) = (Self.data, Self.data + Self.copy)
    memory.write(isRelocated ? Self.foreign : Self.content, to: GuestPhysicalAddress(here))
    memory.write(Self.content, to: GuestPhysicalAddress(there))
    let fences = hart.fences
    _ = hart.step(clock: Self.clock + (configuration == .clock ? 1_000_000 : 0))
    let hasTrapped = hart.usedRetired == 0
    let window = memory.read(GuestPhysicalAddress(isRelocated ? there : here), count: Self.windowSize)!
    // Of memory that is not the program's own, what it changed there.
    let other = memory.read(GuestPhysicalAddress(isRelocated ? here : there), count: Self.windowSize)!
    let changed = zip(other, isRelocated ? Self.foreign : Self.content).map { $0 ^ $1 }
    let registers =
      (1..<32).map { hart.x($0) } + (0..<32).map { hart.f($0) } + [hart.readCSR(CSR.fcsr.rawValue) ?? 0]
    return CensusOutcome(
      trap: hasTrapped ? ExceptionCause(rawValue: hart.readCSR(CSR.mcause.rawValue) ?? 0) : nil,
      visible: .init(registers: registers, memory: window + changed, nextPC: hart.pc),
      control: CensusOutcome.controlRegisters.map { hart.readCSR($0) ?? 0 } + [
        UInt64(hart.privilege.rawValue), hart.fences &- fences, hart.isWaiting ? 1 : 0,
      ])
  }

  // MARK: States

  private func prepare(
    _ hart: Hart, _ mode: PrivilegeMode, _ configuration: CensusConfiguration, _ operand: CensusOperand,
    _ usesAddress: Bool
  ) {
    hart.reset(pc: Self.base)
    let states = CensusRegisters(isGuest: mode.isVirtual)
    for (number, value) in states.values(configuration) { _ = hart.writeCSR(number, value) }
    func set(_ csr: CSR, _ value: UInt64) { _ = hart.writeCSR(csr.rawValue, value) }
    if configuration == .relocated {
      let user = mode.level == 0
      let root = (Self.tables + (user ? 0x10_000 : 0)) >> 12
      if mode.isVirtual { set(.hgatp, 8 << 60 | (Self.tables + 0x10_000) >> 12) } else { set(.satp, 8 << 60 | root) }
    }
    set(.minstret, configuration == .clock ? 7_000 : 3_000)
    for register in 1..<32 { hart.setX(register, UInt64(register) &* 0x0101_0101) }
    for register in 0..<32 { hart.setF(register, 0x3ff0_0000_0000_0000 &+ UInt64(register) << 48) }
    // Operands that raise a flag wherever an operation can: signalling NaNs, a double in `s0`'s place and a single in `a1`'s.
    hart.setF(8, 0x7ff0_0000_0000_0001)
    hart.setF(11, 0xffff_ffff_7f80_0001)
    hart.setX(11, usesAddress ? Self.data : operand.value)
    hart.privilege = mode
  }
}

/// A bus on which nothing answers.
private final class NothingThere: SystemBus {
  func read(_ address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) -> UInt64 {
    throw BusFault()
  }
  func write(_ value: UInt64, to address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) {
    throw BusFault()
  }
  func fetch(_ address: GuestPhysicalAddress) throws(BusFault) -> UInt16 { throw BusFault() }
}
