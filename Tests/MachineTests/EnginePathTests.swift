import Guests
import Machine
import RISCV
import SystemPackage
import Testing

/// The block loop against the step path: the same guest, the same N, the same state.
@Suite("Block loop and step path agree")
struct EnginePathTests {
  @Test(
    "The digest is the same along the run of every guest, with one hart and with two",
    arguments: [
      "hello", "smp", "timer", "selfmodify", "no-progress", "traps", "sensitive", "pagefaults", "twostage",
      "forgotten-fence",
    ], [1, 2])
  func digests(guest: String, hartCount: Int) throws {
    let fast = try Self.machine(guest, hartCount)
    let reference = try Self.machine(guest, hartCount)
    reference.usesStepPath = true
    for stride in [1, 7, 93, 1000, 2500, 4000, 10_000, 20_000] as [UInt64] {
      let (one, other) = (fast.run(stepLimit: stride), reference.run(stepLimit: stride))
      #expect(one == other)
      #expect(fast.position == reference.position)
      #expect(fast.clock == reference.clock)
      #expect(fast.digest() == reference.digest(), "at \(fast.position)")
      if one != .limit { return }
    }
  }

  @Test(
    "The digest is the same along the guests of the benchmark",
    arguments: ["integer", "chase", "copy", "ecall", "csr", "pte"])
  func benchmarks(workload: String) throws {
    let fast = try Self.machine("bench-\(workload)", 1, memorySize: 64 << 20)
    let reference = try Self.machine("bench-\(workload)", 1, memorySize: 64 << 20)
    reference.usesStepPath = true
    let iterations = try #require(fast.board.images.lazy.compactMap { $0.address(of: "iterations") }.first)
    for machine in [fast, reference] { machine.memory.store(UInt64(3000), to: GuestPhysicalAddress(iterations)) }
    for stride in [1, 100, 150_000, 2001, 20_011, 70_001, 5] as [UInt64] {
      #expect(fast.run(stepLimit: stride) == reference.run(stepLimit: stride))
      #expect(fast.position == reference.position)
      #expect(fast.digest() == reference.digest(), "at \(fast.position)")
    }
  }

  @Test(
    "Looking changes nothing: events, watches and breakpoints leave the digest alone",
    arguments: ["hello", "smp", "pagefaults"])
  func observationIsFree(guest: String) throws {
    let plain = try Self.machine(guest, 2)
    let watched = try Self.machine(guest, 2)
    watched.eventMask = [.retired, .trap, .interrupt, .privilege, .csr, .memory, .tlb, .wait, .marker, .stale]
    watched.eventHandler = { _, _ in false }
    watched.watchedRanges = [
      WatchedRange(space: .physical, address: 0x8000_0000, count: 1 << 20, onLoad: true, onStore: true)
    ]
    watched.watchHit = { _, _ in false }
    watched.breakpoints = Set(stride(from: 0x8000_0000, to: 0x8000_0400, by: 2))
    watched.breakpointHit = { _, _ in false }
    let (one, other) = (plain.run(stepLimit: 30_000), watched.run(stepLimit: 30_000))
    #expect(one == other)
    #expect(plain.position == watched.position)
    #expect(plain.clock == watched.clock)
    #expect(plain.digest() == watched.digest())
  }

  private static func machine(_ guest: String, _ hartCount: Int, memorySize: UInt64 = 16 << 20) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memorySize = memorySize
    configuration.hartCount = hartCount
    configuration.program = FilePath(try #require(Guests.image(named: guest), "no image of guest \(guest)"))
    return try Machine(configuration)
  }
}
