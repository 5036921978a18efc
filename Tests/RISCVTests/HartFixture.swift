import RISCV
import Testing

/// A hart with RAM and nothing else, for tests that place a few instructions and look at what they did.
struct HartFixture {
  static let base: UInt64 = 0x8000_0000
  let memory: PhysicalMemory
  let hart: Hart

  /// RAM of 4 MiB, the hart in M-mode at its start.
  init(svade: Bool = false, quirks: PrivilegeQuirks = []) throws {
    memory = try PhysicalMemory(size: 4 << 20)
    hart = Hart(index: 0, memory: memory, svade: svade, quirks: quirks, resetVector: Self.base)
    hart.attach(EmptyBus())
  }

  /// Assembles lines from the start of RAM, or from `address`.
  func place(_ lines: [String], at address: UInt64 = Self.base) throws {
    var place = address
    for line in lines {
      let bytes = try Assembler.assemble(line, at: place)
      memory.write(bytes, to: GuestPhysicalAddress(place))
      place += UInt64(bytes.count)
    }
  }

  /// Runs `count` instructions, on the block loop unless asked otherwise.
  func run(_ count: Int, byStep: Bool = false) {
    var left = count
    var idle = 0
    while left > 0 {
      _ = hart.run(allowance: left, clock: hart.retired, byStep: byStep)
      // A trap or an event ends a run early without retiring; what is left goes on.
      left -= hart.used
      idle = hart.used == 0 ? idle + 1 : 0
      if idle > 3 { return }
    }
  }

  /// Lets S and U reach all memory, as firmware does.
  func openProtection() {
    _ = hart.writeCSR(CSR.pmpaddr(0), .max)
    _ = hart.writeCSR(CSR.pmpcfg(0), 0x1f)
  }

  func csr(_ csr: CSR) -> UInt64 { hart.readCSR(csr.rawValue)! }
  func set(_ csr: CSR, _ value: UInt64) { _ = hart.writeCSR(csr.rawValue, value) }
  func store(_ value: UInt64, at address: UInt64) { memory.store(value, to: GuestPhysicalAddress(address)) }
  func load(_ address: UInt64) -> UInt64 { memory.load(GuestPhysicalAddress(address), as: UInt64.self)! }
}

extension CSR {
  static func pmpaddr(_ index: Int) -> UInt16 { CSRGroup.pmpaddr.number(index) }
  static func pmpcfg(_ index: Int) -> UInt16 { CSRGroup.pmpcfg.number(index) }
}

/// A bus on which nothing answers.
final class EmptyBus: SystemBus {
  func read(_ address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) -> UInt64 {
    throw BusFault()
  }
  func write(_ value: UInt64, to address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) {
    throw BusFault()
  }
  func fetch(_ address: GuestPhysicalAddress) throws(BusFault) -> UInt16 { throw BusFault() }
}
