import Guests
import Hypervisor
import Machine
import SystemPackage
import Testing

@Suite("Techniques")
struct TechniqueTests {
  @Test(
    "A guest ends alike under every technique",
    arguments: [
      "hello", "integer-mix", "traps", "pagefaults", "timer", "selfmodify", "smp", "sensitive", "memhog", "nano", "sbi",
    ],
    Technique.all.filter { $0.kind == .emulation || $0.kind == .trapAndEmulate })
  func sameEnd(guest: String, technique: Technique) throws {
    let baseline = try Self.outcome(guest, .native)
    let outcome = try Self.outcome(guest, technique)
    #expect(outcome == baseline)
  }

  struct Outcome: Equatable {
    var console: String
    var reason: StopReason
    var position: UInt64
    var clock: UInt64
    var digest: UInt64
  }

  static func outcome(_ guest: String, _ technique: Technique) throws -> Outcome {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: guest)))
    configuration.hartCount = guest == "smp" ? 2 : 1
    configuration.memorySize = 64 << 20
    let virtual = try VirtualMachine(configuration, technique: technique)
    let console = ConsoleText()
    virtual.machine.board.onConsoleOutput = { console.bytes.append($0) }
    let reason = virtual.machine.run(stepLimit: 30_000_000)
    print(
      "\(guest) \(technique): \(reason) N=\(virtual.machine.position) cycles \(virtual.ledgers[0].clock) faults \(virtual.faults)"
    )
    for line in virtual.exits.report { print(line) }
    return Outcome(
      console: String(decoding: console.bytes, as: UTF8.self), reason: reason, position: virtual.machine.position,
      clock: virtual.machine.clock, digest: virtual.machine.digest())
  }

  private final class ConsoleText { var bytes: [UInt8] = [] }
}
