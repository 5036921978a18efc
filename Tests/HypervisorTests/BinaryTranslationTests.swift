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
