import Machine
import RISCV
import Testing

/// Every CSR number is written with patterns by every instruction in every mode, and then the hart goes on with whatever came of
/// it: loads, stores, float, fences, traps. With `VITRINE_HOSTILE_SEEDS="0..<67"` every number meets every pattern.
@Suite("Every CSR")
struct EveryCSRTests {
  /// Numbers without a register only trap: of those a sample does, unless seeds were asked for.
  private static let numbers = (UInt32(0)..<4096).filter {
    HostileSeeds.wereAskedFor || $0 % 8 == 0 || CSRName.name(of: UInt16($0)) != nil
  }
  private static let handler = HostileLayout.handler
  private static let slot = HostileLayout.code
  /// All ones, zero, each single bit, something random.
  private static let patternCount: UInt64 = 67
  private static let instructions = ["csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"]

  /// What follows the CSR instruction.
  private static let probes = [
    "ld a0, 0(s0)", "sd a0, 8(s0)", "fadd.d fa0, fa1, fa2", "lr.w a1, (s0)", "sc.w a2, a1, (s0)", "rdtime a3",
    "rdcycle a4",
    "sfence.vma", "ecall", "lw a5, 4(s1)", "csrr a6, sstatus", "sret", "addi a7, a7, 1", "csrrwi a6, mstatus, 8",
    "mret",
  ]

  @Test("Written anyhow in any mode: both paths agree", arguments: PrivilegeMode.allCases)
  func agree(mode: PrivilegeMode) throws {
    let fast = try Self.machine()
    let reference = try Self.machine()
    reference.usesStepPath = true
    for seed in HostileSeeds.few(1) {
      for number in Self.numbers {
        for (function, name) in Self.instructions.enumerated() {
          let isImmediate = function >= 3
          // csrrw is function 1, csrrwi function 5.
          let word = number << 20 | 6 << 15 | UInt32(function + (isImmediate ? 2 : 1)) << 12 | 7 << 7 | 0x73
          let value = Self.pattern((seed + UInt64(number)) % Self.patternCount, seed, number)
          let immediate = UInt32(truncatingIfNeeded: value) & 31
          for machine in [fast, reference] {
            Self.prepare(machine, mode, isImmediate ? word & ~0xf8000 | immediate << 15 : word, value)
          }
          let one = fast.run(stepLimit: 40)
          let other = reference.run(stepLimit: 40)
          guard one == other, Self.state(fast) == Self.state(reference) else {
            Issue.record("\(name), CSR \(CSRName.spelling(of: UInt16(number))), \(mode), value \(value), seed \(seed)")
            return
          }
        }
      }
    }
    #expect(fast.digest() == reference.digest())
    #expect(fast.position > fast.steps / 3)
  }

  private static func pattern(_ index: UInt64, _ seed: UInt64, _ number: UInt32) -> UInt64 {
    switch index {
    case 0: return .max
    case 1: return 0
    case 2..<66: return 1 << (index - 2)
    default:
      var random = Xoshiro256(seed: seed, stream: UInt64(number))
      return random.next()
    }
  }

  private static func machine() throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memorySize = HostileLayout.memorySize
    let machine = try Machine(configuration)
    func place(_ lines: [String], at address: UInt64) throws {
      var address = address
      for line in lines {
        let bytes = try Assembler.assemble(line, at: address)
        machine.memory.write(bytes, to: .init(address))
        address += UInt64(bytes.count)
      }
    }
    try place(["csrr t0, mepc", "addi t0, t0, 4", "csrw mepc, t0", "mret"], at: handler)
    try place(probes, at: slot + 4)
    return machine
  }

  /// A hart at the instruction `word`, with `value` in t1.
  private static func prepare(_ machine: Machine, _ mode: PrivilegeMode, _ word: UInt32, _ value: UInt64) {
    let hart = machine.harts[0]
    hart.reset(pc: slot)
    machine.memory.store(word, to: .init(slot))
    _ = hart.writeCSR(CSRGroup.pmpaddr.base, .max)
    _ = hart.writeCSR(CSRGroup.pmpcfg.base, 0x1f)
    for (csr, value) in [
      (CSR.mtvec, handler), (.stvec, handler), (.mcounteren, 7), (.scounteren, 7), (.mstatus, 3 << 13),
    ] {
      _ = hart.writeCSR(csr.rawValue, value)
    }
    hart.setX(6, value)
    hart.setX(8, HostileLayout.data)
    hart.setX(9, HostileLayout.data + 0xffe)
    hart.privilege = mode
  }

  private static func state(_ machine: Machine) -> [UInt64] {
    let hart = machine.harts[0]
    return [machine.position, machine.clock, hart.pc, UInt64(hart.privilege.rawValue), hart.isWaiting ? 1 : 0]
      + (0..<32).map { hart.x($0) } + (0..<32).map { hart.f($0) } + CSRName.all.map { hart.readCSR($0.number) ?? 0 }
  }
}
