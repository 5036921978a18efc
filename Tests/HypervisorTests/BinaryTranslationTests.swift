import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("Binary translation")
struct BinaryTranslationTests {
  @Test("A cache that is flushed all the time makes no difference but in cost", arguments: [4 << 10, 64 << 10])
  func smallCaches(size: Int) throws {
    for guest in ["hello", "traps", "timer", "selfmodify", "smp", "pagefaults", "forkwait"] {
      let run = try GuestUnderTechnique(program: guest, hartCount: guest == "smp" ? 3 : 1)
      let choices = MonitorChoices(cacheSize: size)
      let virtual = try VirtualMachine(run.configuration, technique: .binaryTranslation, choices: choices)
      #expect(try run.run(virtual) == run.end(.native), "\(guest)")
    }
  }

  /// OBSERVATION-IS-FREE: a stop between any two instructions of the guest's leaves translated code where it is.
  @Test("Instruction by instruction costs what a run costs", arguments: ["hello", "traps", "selfmodify"])
  func steps(guest: String) throws {
    let run = try GuestUnderTechnique(program: guest, hartCount: 1)
    let (whole, stepped) = (try run.virtualMachine(.binaryTranslation), try run.virtualMachine(.binaryTranslation))
    _ = whole.machine.run(limit: 10_000_000)
    while case .limit = stepped.machine.run(stepLimit: 1) {}
    #expect(stepped.machine.digest() == whole.machine.digest())
    #expect(stepped.ledgers[0].clock == whole.ledgers[0].clock)
    #expect(ExitReason.allCases.allSatisfy { stepped.exits[$0].count == whole.exits[$0].count })
    let turns = try run.virtualMachine(.binaryTranslation)
    while case .limit = turns.machine.run(stepLimit: 7) {}
    #expect(turns.ledgers[0].clock == whole.ledgers[0].clock)
  }

  /// So does a stop before any instruction of the cache, in the midst of the guest's.
  @Test(
    "Breakpoints at all places of the cache stop at each, and cost nothing",
    arguments: ["hello", "traps", "selfmodify"])
  func cacheBreakpoints(guest: String) throws {
    let run = try GuestUnderTechnique(program: guest, hartCount: 1)
    let whole = try run.virtualMachine(.binaryTranslation)
    _ = whole.machine.run(limit: 10_000_000)
    let units = try #require(whole.codeCache?.units)
    let all = units.flatMap { unit in
      unit.code.map { CachePlace(unit: unit.number, offset: unit.offset + Int($0.offset)) }
    }
    let stopped = try run.virtualMachine(.binaryTranslation)
    stopped.codeCache?.setBreakpoints(Set(all))
    var stops: [CachePlace?] = []
    while case .breakpoint(let hart, _) = stopped.machine.run(limit: 10_000_000) {
      stops.append(stopped.cpus[hart].cachePlace)
    }
    #expect(stopped.machine.digest() == whole.machine.digest())
    #expect(stopped.ledgers[0].clock == whole.ledgers[0].clock)
    #expect(ExitReason.allCases.allSatisfy { stopped.exits[$0].count == whole.exits[$0].count })
    let stepped = try run.virtualMachine(.binaryTranslation)
    let cpu = stepped.cpus[0]
    cpu.stepsHost = true
    var steps: [CachePlace?] = []
    repeat {
      if cpu.service == nil || cpu.isAboutToEnter, let offset = cpu.cacheOffset {
        steps.append(stepped.codeCache?.place(at: offset))
      }
    } while stepped.machine.step() == .limit
    #expect(!steps.isEmpty && stops == steps)
  }

  @Test("What a constant is made of makes it")
  func constants() throws {
    let hart = Hart(index: 0, memory: try PhysicalMemory(base: 0, size: 4096))
    hart.becomeOracle()
    var generator = SplitMix64(seed: 7)
    let edges: [Int64] = [
      0, 1, -1, 2047, 2048, -2048, -2049, 0x7fff_ffff, -0x8000_0000, .max, .min, 0x8000_0000, 0x7fff_f800,
    ]
    let random = (0..<2000).map { _ in Int64(bitPattern: generator.next()) >> Int64(generator.below(64)) }
    for value in edges + random {
      let words = UnitTranslator.constant(5, value)
      for word in words { hart.execute(word) }
      #expect(hart.x(5) == UInt64(bitPattern: value) && words.count <= 8)
    }
  }
}

/// Code where a translator may go wrong: at the ends of pages, across them, where there is none, and in pages that come and go.
@Suite("Translated code at borders")
struct TranslationBorderTests {
  private static let base: UInt64 = 0x8000_0000
  private static let rounds = 40

  /// Pieces of code by their addresses. In machine mode: `s1` and `s2` are pages, at whose ends code goes on or lies across; a
  /// trap adds its cause up in `a1`, and goes on at `ra`.
  private static let pieces: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "auipc s0, 0", "addi t0, s0, 0x400", "csrw mtvec, t0", "lui t1, 2", "add s1, s0, t1", "lui t1, 4",
        "add s2, s0, t1", "li t0, -1", "csrw pmpaddr0, t0", "li t0, 0x1f", "csrw pmpcfg0, t0", "li s3, \(rounds)",
        // From the last instruction of a page into the next one; across; by an odd address; into a device; to nothing.
        "jalr ra, -4(s1)", "jalr ra, -2(s2)", "addi t0, s1, 1", "jalr ra, 0(t0)", "lui t0, 0x10000", "jalr ra, 0(t0)",
        "jalr ra, 0(zero)",
        // One more in the immediate of what lies across.
        "lhu t0, 0(s2)", "addi t0, t0, 16", "sh t0, 0(s2)", "addi s3, s3, -1", "bnez s3, .-44",
        // On in supervisor mode, at 0x10000000.
        "li t0, 1", "slli t0, t0, 63", "lui t1, 0x80", "addi t1, t1, 0x10", "or t0, t0, t1", "csrw satp, t0",
        "lui t0, 0x10000", "csrw mepc, t0", "lui t0, 2", "addi t0, t0, -2048", "csrc mstatus, t0", "lui t0, 1",
        "addi t0, t0, -2048",
        "csrs mstatus, t0", "li s3, \(rounds)", "addi s4, s0, 0x600", "mret",
      ]
    ),
    (base + 0x400, ["csrr t0, mcause", "slli a1, a1, 1", "add a1, a1, t0", "csrw mepc, ra", "mret"]),
    (base + 0x600, ["addi a4, a4, 1", "j ."]),
    (
      base + 0x700,
      ["ld t0, 0(s5)", "andi t0, t0, -2", "sd t0, 0(s5)", "sfence.vma", "addi ra, s4, 0", "jalr zero, 0(s8)"]
    ),
    (base + 0x1ffc, ["addi a0, a0, 1", "addi a0, a0, 2", "jalr zero, 0(ra)"]),
    (base + 0x3ffe, ["addi a0, a0, 4", "jalr zero, 0(ra)"]),
    // The page behind this one is another one each time: `s5` is the first entry, `s7` what has to change in the second.
    (
      base + 0x2_0000,
      [
        "lui t0, 0x12", "add s5, s0, t0", "jal ra, .+\(0x1000 - 8)",
        "ld t0, 8(s5)", "xor t0, t0, s7", "sd t0, 8(s5)", "sfence.vma", "addi s3, s3, -1", "bnez s3, .-24",
        // And now the page that this runs in goes, by a call from which there is no return.
        "jalr s8, 0x700(s0)", "addi a5, a5, 1", "j .-4",
      ]
    ),
    (base + 0x2_1000, ["addi a0, a0, 5", "jalr zero, 0(ra)"]),
    (base + 0x2_2000, ["addi a0, a0, 7", "jalr zero, 0(ra)"]),
  ]

  /// A machine with pieces of code.
  private static func machine(
    _ technique: Technique, _ pieces: [(address: UInt64, lines: [String])], cacheSize: Int = CodeCache.defaultSize
  ) throws -> VirtualMachine {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "hello")))
    configuration.memorySize = 16 << 20
    let virtual = try VirtualMachine(
      configuration, technique: technique, choices: MonitorChoices(cacheSize: cacheSize))
    let memory = virtual.machine.memory
    for piece in pieces {
      var bytes: [UInt8] = []
      for line in piece.lines {
        // Of four bytes each, so that the distances hold.
        let part = try Assembler.assemble(line, at: piece.address + UInt64(bytes.count))
        bytes += part.count == 2 ? try Assembler.assemble("c.nop", at: 0) + part : part
      }
      memory.write(bytes, to: GuestPhysicalAddress(piece.address))
    }
    return virtual
  }

  private static func borderMachine(_ technique: Technique, cacheSize: Int) throws -> VirtualMachine {
    let virtual = try machine(technique, pieces, cacheSize: cacheSize)
    let memory = virtual.machine.memory
    // RAM where it is, as one gigapage; two pages from 0x10000000 on.
    let (root, megapages, pages) = (base + 0x1_0000, base + 0x1_1000, base + 0x1_2000)
    memory.store((megapages >> 12) << 10 | 1, to: .init(root))
    memory.store(UInt64(0x80000) << 10 | 0xcf, to: .init(root + 16))
    memory.store((pages >> 12) << 10 | 1, to: .init(megapages + 8 * 128))
    memory.store(((base + 0x2_0000) >> 12) << 10 | 0xcf, to: .init(pages))
    memory.store(((base + 0x2_1000) >> 12) << 10 | 0xcf, to: .init(pages + 8))
    // From page 0x80021 to 0x80022, and back.
    virtual.machine.harts[0].setX(23, 3 << 10)
    return virtual
  }

  @Test("Each instruction does what it does natively", arguments: [4 << 10, CodeCache.defaultSize])
  func borders(cacheSize: Int) throws {
    for technique in [Technique.binaryTranslation, try Technique(parsing: "binary-translation/shadow/virtual-tlb")] {
      let (native, translated) = (
        try Self.borderMachine(.native, cacheSize: cacheSize), try Self.borderMachine(technique, cacheSize: cacheSize)
      )
      guard Self.areAlike(native, translated, steps: 4000, "\(technique)") else { return }
      let hart = native.machine.harts[0]
      let rounds = UInt64(Self.rounds)
      // 1 + 2 at the end of a page and 2 by the odd address; 4 and one more each time across; 5 and 7 in turn.
      #expect(hart.x(10) == rounds * 5 + rounds * 4 + rounds * (rounds - 1) / 2 + rounds / 2 * 12)
      #expect(hart.x(14) == 1 && hart.x(15) == 0)
    }
  }

  /// Whether a guest does the same in two machines, instruction by instruction.
  private static func areAlike(
    _ native: VirtualMachine, _ translated: VirtualMachine, steps: Int, _ what: String
  ) -> Bool {
    for step in 0..<steps {
      _ = native.machine.run(stepLimit: 1)
      _ = translated.machine.run(stepLimit: 1)
      let (one, other) = (native.machine.harts[0], translated.machine.harts[0])
      guard one.pc == other.pc && (1..<32).allSatisfy({ one.x($0) == other.x($0) }) else {
        Issue.record(
          "step \(step): pc \(String(one.pc, radix: 16)) and \(String(other.pc, radix: 16)), \(what)")
        return false
      }
    }
    #expect(native.machine.digest() == translated.machine.digest())
    return true
  }

  /// A page that two address spaces have in common, from which each goes on to another one.
  private static let shared: [(address: UInt64, lines: [String])] = [
    (
      base,
      [
        "li t0, -1", "csrw pmpaddr0, t0", "li t0, 0x1f", "csrw pmpcfg0, t0", "lui t0, 0x10000", "csrw mepc, t0",
        "lui t0, 1", "addi t0, t0, -2048", "csrs mstatus, t0", "li s4, \(rounds)", "csrw satp, s2", "mret",
      ]
    ),
    (
      base + 0x2_0000,
      [
        // Some rounds in one space, so that the page is chained; then in turn.
        "csrw satp, s2", "jal ra, .+\(0x1000 - 4)", "jal ra, .+\(0x1000 - 8)", "jal ra, .+\(0x1000 - 12)",
        "csrw satp, s3", "jal ra, .+\(0x1000 - 20)", "addi s4, s4, -1", "bnez s4, .-28", "j .",
      ]
    ),
    (base + 0x2_1000, ["addi a0, a0, 5", "jalr zero, 0(ra)"]),
    (base + 0x2_2000, ["addi a0, a0, 7", "jalr zero, 0(ra)"]),
  ]

  @Test("A page that several address spaces share goes on in each to where that has it")
  func sharedPage() throws {
    func machine(_ technique: Technique) throws -> VirtualMachine {
      let virtual = try Self.machine(technique, Self.shared)
      for (space, target) in [(UInt64(0), UInt64(0x2_1000)), (1, 0x2_2000)] {
        let root = Self.base + 0x1_0000 + space * 0x3000
        let (megapages, pages) = (root + 0x1000, root + 0x2000)
        let entries = [
          (root, (megapages >> 12) << 10 | 1), (megapages + 8 * 128, (pages >> 12) << 10 | 1),
          (pages, ((Self.base + 0x2_0000) >> 12) << 10 | 0xcf), (pages + 8, ((Self.base + target) >> 12) << 10 | 0xcf),
        ]
        for (place, entry) in entries { virtual.machine.memory.store(entry, to: .init(place)) }
        virtual.machine.harts[0].setX(18 + Int(space), 8 << 60 | (space + 1) << 44 | root >> 12)
      }
      return virtual
    }
    let (native, translated) = (try machine(.native), try machine(.binaryTranslation))
    guard Self.areAlike(native, translated, steps: Self.rounds * 30 + 100, "in two spaces") else { return }
    #expect(native.machine.harts[0].x(10) == UInt64(Self.rounds) * (3 * 5 + 7))
  }
}
