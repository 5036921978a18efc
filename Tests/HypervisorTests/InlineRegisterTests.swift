import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

/// CSR accesses that translated code does itself: random ones, in machine and in supervisor mode, with all kinds of registers, and
/// with interrupts that come the moment they are let through.
@Suite("CSR accesses in line")
struct InlineRegisterTests {
  private static let base: UInt64 = 0x8000_0000
  private static let count = 1500
  /// Registers that sequences use themselves come up often.
  private static let registers = ["zero", "t6", "t5", "a0", "a1", "s1", "t6", "t5", "a2", "zero"]

  /// An access in a mode, by the letter of its registers' names.
  private static func access(_ letter: String, _ generator: inout SplitMix64) -> String {
    // FS alone, and FS beside plain bits: what is dirty, and what makes it so, is the monitor's.
    if generator.below(8) == 0 {
      let operation = ["csrrs", "csrrc", "csrrc"][generator.below(3)]
      let (rd, rs) = (registers[generator.below(registers.count)], ["t3", "t4"][generator.below(2)])
      return "\(operation) \(rd), \(letter)status, \(rs)"
    }
    func register() -> String { registers[generator.below(registers.count)] }
    let (rd, rs) = (register(), register())
    switch generator.below(12) {
    case 0: return "add \(rd), \(rs), a3"
    case 1: return "addi \(rd), \(rs), \(generator.below(4000) - 2000)"
    case 2: return letter == "s" ? "csrrsi \(rd), sip, \(generator.below(4))" : "csrr \(rd), mhartid"
    // Handlers stay where they are.
    case 3: return "csrrs \(rd), \(letter)tvec, zero"
    case 4:
      // What of the status changes neither mode nor translation: SIE, MIE, SPIE, MPIE and SPP.
      let bits = letter == "s" ? "t2" : "t1"
      return "and \(rd), \(rs), \(bits)"
    case 5, 6:
      let bits = letter == "s" ? [0, 1, 2, 3] : [0, 2, 8, 10]
      return "csrr\(generator.below(2) == 0 ? "s" : "c")i \(rd), \(letter)status, \(bits[generator.below(4)])"
    case 7:
      let change = generator.below(2) == 0 ? "csrrs" : "csrrc"
      return "\(change) \(rd), \(letter)status, \(["t1", "t2", "zero"][generator.below(3)])"
    default:
      let csr = ["scratch", "epc", "cause", "tval", "scratch", "epc"][generator.below(6)]
      let operation = ["csrrw", "csrrs", "csrrc"][generator.below(3)]
      return generator.below(3) == 0
        ? "\(operation)i \(rd), \(letter)\(csr), \(generator.below(32))" : "\(operation) \(rd), \(letter)\(csr), \(rs)"
    }
  }

  /// FS becomes dirty by an instruction, while the monitor knows no more than that it is not off.
  private static func dirtying(_ letter: String) -> [String] {
    ["csrrs zero, \(letter)status, t3", "fmv.d.x ft1, a3"]
      + ["csrrc a0", "csrrs a1"].map { "\($0), \(letter)status, t3" }
  }

  private static func machine(_ technique: Technique, seed: UInt64, cacheSize: Int) throws -> VirtualMachine {
    var generator = SplitMix64(seed: seed)
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "hello")))
    configuration.memorySize = 16 << 20
    let virtual = try VirtualMachine(
      configuration, technique: technique, choices: MonitorChoices(cacheSize: cacheSize))
    var address = base
    func put(_ line: String) throws {
      let bytes = try Assembler.assemble(line, at: address)
      virtual.machine.memory.write(bytes, to: GuestPhysicalAddress(address))
      address += UInt64(bytes.count)
    }
    for line in [
      "auipc s0, 0", "lui t0, 0x100", "add t0, t0, s0", "csrw stvec, t0", "csrw mtvec, t0", "li t0, -1",
      "csrw pmpaddr0, t0", "li t0, 0x1f", "csrw pmpcfg0, t0", "li t0, 2", "csrw mideleg, t0", "csrw mie, t0",
      "lui a3, 0x12345", "slli a3, a3, 21", "addi a3, a3, 0x6ab", "li t1, 0x1aa", "li t2, 0x122", "li t3, 0x2000",
      "lui t4, 4", "addi t4, t4, 0x122",
    ] { try put(line) }
    for line in Self.dirtying("m") { try put(line) }
    for _ in 0..<count { try put(access("m", &generator)) }
    // On in supervisor mode, without translation.
    for line in ["lui t0, 1", "addi t0, t0, -2048", "csrw mstatus, t0"] { try put(line) }
    let place = address
    for line in ["auipc t0, 0", "addi t0, t0, 20", "csrw mepc, t0", "mret"] { try put(line) }
    while address < place + 20 { try put("c.nop") }
    for line in Self.dirtying("s") { try put(line) }
    for _ in 0..<count { try put(access("s", &generator)) }
    try put("j .")
    // The handler of a software interrupt.
    address = base + 0x10_0000
    for line in ["csrrci t0, sip, 2", "addi a4, a4, 1", "sret"] { try put(line) }
    return virtual
  }

  @Test("Each does what it does natively, and is told as natively", arguments: [4 << 10, CodeCache.defaultSize])
  func random(cacheSize: Int) throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      let native = try Self.machine(.native, seed: seed, cacheSize: cacheSize)
      let translated = try Self.machine(.binaryTranslation, seed: seed, cacheSize: cacheSize)
      for step in 0..<3600 {
        _ = native.machine.run(stepLimit: 1)
        _ = translated.machine.run(stepLimit: 1)
        let (one, other) = (native.machine.harts[0], translated.machine.harts[0])
        let csrs = [CSR.mstatus, .mscratch, .mepc, .mcause, .mtval, .sscratch, .sepc, .scause, .stval, .stvec]
        let same =
          one.pc == other.pc && (1..<32).allSatisfy { one.x($0) == other.x($0) }
          && csrs.allSatisfy { one.readCSR($0.rawValue) == other.readCSR($0.rawValue) }
        guard same else {
          Issue.record("seed \(seed), step \(step): pc \(String(one.pc, radix: 16)), \(String(other.pc, radix: 16))")
          return
        }
      }
      #expect(native.machine.digest() == translated.machine.digest())
      // The handler ran, and most accesses took no exit.
      #expect(native.machine.harts[0].x(14) > 5)
      let callOuts = translated.exits[.csrAccess].count
      #expect(callOuts < UInt64(Self.count) && callOuts > 0)
      // Run at once, with events of all accesses: the same ones, at the same cost.
      let watched = try Self.machine(.binaryTranslation, seed: seed, cacheSize: cacheSize)
      let reference = try Self.machine(.native, seed: seed, cacheSize: cacheSize)
      #expect(try Self.events(watched) == Self.events(reference))
      #expect(watched.ledgers[0].clock == translated.ledgers[0].clock)
    }
  }

  private static func events(_ virtual: VirtualMachine) throws -> [Event] {
    var events: [Event] = []
    virtual.machine.eventMask = .csr
    virtual.machine.eventHandler = { _, event in
      events.append(event)
      return false
    }
    _ = virtual.machine.run(stepLimit: 3600)
    return events
  }
}
