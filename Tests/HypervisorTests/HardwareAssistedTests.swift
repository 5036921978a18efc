import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("Hardware-assisted virtualization")
struct HardwareAssistedTests {
  private func machine(
    _ guest: String, _ technique: Technique = .hardwareAssisted, choices: MonitorChoices = MonitorChoices()
  ) throws -> VirtualMachine {
    var configuration = MachineConfiguration()
    configuration.memorySize = 64 << 20
    configuration.program = FilePath(try #require(Guests.image(named: guest)))
    return try VirtualMachine(configuration, technique: technique, choices: choices)
  }

  /// References of one miss: (n + 1)(m + 1) - 1 for n levels over m (Bhargava et al., ASPLOS 2008), of which n are the first
  /// stage's.
  @Test(
    "A walk over two stages reads as many entries as the levels say",
    arguments: [
      (LeafSize.small, PagingScheme.sv39, UInt64(12)), (.large, .sv39, 8), (.small, .sv48, 16), (.large, .sv48, 12),
    ])
  func references(leaf: LeafSize, scheme: PagingScheme, guestStage: UInt64) throws {
    let virtual = try machine("bench-chase", choices: MonitorChoices(leaf: leaf, scheme: scheme))
    // The guest goes through its 4096 pages over and over; the second time all are mapped.
    _ = virtual.machine.run(limit: 1_000_000)
    let (before, exits) = (virtual.hardwareCounts, virtual.exits.count)
    _ = virtual.machine.run(limit: 200_000)
    let after = virtual.hardwareCounts
    let misses = after.dataMisses - before.dataMisses
    #expect(misses > 10_000 && virtual.exits.count == exits && after.fetchMisses == before.fetchMisses)
    #expect(after.firstStageReferences - before.firstStageReferences == 3 * misses)
    #expect(after.guestStageReferences - before.guestStageReferences == guestStage * misses)
  }

  @Test(
    "An integer loop costs what it costs natively", arguments: Technique.all.filter { $0.kind == .hardwareAssisted })
  func integerLoop(technique: Technique) throws {
    let cycles = try [Technique.native, technique].map { technique in
      let virtual = try machine("bench-integer", technique)
      _ = virtual.machine.run(limit: 10_000_000)
      return Double(virtual.ledgers[0].clock)
    }
    #expect(cycles[1] < cycles[0] * 1.01)
  }

  @Test("Leaves of 2 MiB and a fourth level change what the monitor does, and nothing for the guest")
  func options() throws {
    var fills: [UInt64] = []
    var digests: Set<UInt64> = []
    for choices in [MonitorChoices(), MonitorChoices(leaf: .large), MonitorChoices(leaf: .large, scheme: .sv48)] {
      let virtual = try machine("memhog", choices: choices)
      #expect(virtual.machine.run(limit: 50_000_000) == .exited(.success))
      fills.append(virtual.exits[.nestedFill].count)
      digests.insert(virtual.machine.digest())
    }
    #expect(digests.count == 1 && fills[0] > 20 * fills[1] && fills[1] == fills[2])
  }

  @Test(
    "VS-mode takes the guest's timer interrupts and page faults by itself, and its fences and satp trap only without nesting"
  )
  func directly() throws {
    let nested = try machine("nano")
    #expect(nested.machine.run(limit: 50_000_000) == .exited(.success))
    let shadow = try machine("nano", try Technique(parsing: "hardware-assisted/shadow"))
    #expect(shadow.machine.run(limit: 50_000_000) == .exited(.success))
    #expect(nested.exits[.trueFault].count == 0 && nested.exits[.fence].count < shadow.exits[.fence].count)
    #expect(shadow.exits[.nestedFill].count == 0 && shadow.faults.true > 0)
  }
}
