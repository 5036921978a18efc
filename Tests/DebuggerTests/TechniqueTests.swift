import Debugger
import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("Techniques in a session")
struct TechniqueTests {
  static func session(_ guest: String, _ technique: Technique = .native) throws -> Session {
    var configuration = MachineConfiguration()
    configuration.memorySize = 32 << 20
    configuration.hartCount = guest == "smp" ? 2 : 1
    configuration.program = FilePath(try #require(Guests.image(named: guest)))
    return try Session(configuration, technique: technique)
  }

  @Test(
    "A guest that is taken under another technique at a trap or an interrupt is the same there",
    arguments: ["traps", "pagefaults", "timer", "smp"], Technique.all.filter { $0 != .native })
  func change(guest: String, technique: Technique) throws {
    let session = try Self.session(guest)
    try session.addStop(.catchpoint(.trap(nil)))
    try session.addStop(.catchpoint(.interrupt(nil)))
    for round in 0..<4 {
      guard try session.resume().reason == .points else {
        #expect(round > 0 || guest == "smp", "there was a trap")
        return
      }
      let place = (session.machine.position, session.machine.steps, session.hart.pc, session.machine.digest())
      #expect(try session.change(to: technique) == .equal(digest: place.3))
      #expect(session.technique == technique)
      #expect((session.machine.position, session.machine.steps, session.hart.pc) == (place.0, place.1, place.2))
      // And back, from the technique itself.
      #expect(try session.change(to: .native) == .equal(digest: place.3))
    }
  }

  @Test(
    "Stopping at each exit and entry changes nothing in the guest, nor in what it costs",
    arguments: ["traps", "pagefaults"])
  func observationIsFree(guest: String) throws {
    for technique in Technique.all where technique.hasExits {
      let stepped = try Self.session(guest, technique)
      for _ in 0..<300 {
        guard case .awaited = try stepped.stepWorld([.exit, .entry]).reason else { break }
      }
      _ = try stepped.resume(limit: 500)
      let undisturbed = try Self.session(guest, technique)
      _ = try undisturbed.resume(limit: stepped.machine.position)
      #expect(stepped.machine.position == undisturbed.machine.position)
      #expect(stepped.machine.digest() == undisturbed.machine.digest(), "\(technique)")
      #expect(stepped.virtualMachine.exits == undisturbed.virtualMachine.exits, "\(technique)")
      let (one, other) = (stepped.virtualMachine.ledgers[0], undisturbed.virtualMachine.ledgers[0])
      #expect(one.clock == other.clock, "\(technique)")
      #expect(one.entries == other.entries, "\(technique)")
    }
  }

  @Test(
    "The phases of an exit add up to what the statistics count",
    arguments: Technique.all.filter { $0.hasExits })
  func phasesAddUp(technique: Technique) throws {
    let session = try Self.session("traps", technique)
    _ = try session.resume(limit: 20)
    var (sum, exits) = (UInt64(0), 0)
    var inService = false
    for _ in 0..<2000 where exits < 20 {
      let before = session.virtualMachine.exits
      for phase in try session.cycleStepPhase().phases {
        if phase.name == "trap entry" && phase.layer == "hardware" { (sum, inService) = (0, true) }
        if inService { sum += phase.cycles ?? 0 }
        guard phase.name == "sret", inService else { continue }
        let after = session.virtualMachine.exits
        #expect(after.count == before.count + 1)
        #expect(after.cycles - before.cycles == sum)
        exits += 1
        inService = false
      }
    }
    #expect(exits >= 10, "some exits were seen: \(exits)")
  }

  @Test("The physical hart and the host's RAM can be looked at, and the monitor's part not be written")
  func host() throws {
    let session = try Self.session("hello", .trapAndEmulate)
    _ = try session.stepWorld(.exit)
    let cause = try #require(session.virtualCPU?.service?.exit?.cause)
    #expect(try session.evaluate("$host.scause").bits == cause.rawValue)
    #expect(throws: EvaluationError.self) { try session.evaluate("$host.scause = 1") }
    #expect(throws: EvaluationError.self) { try session.evaluate("$host.nonsense") }
    let host = try #require(session.virtualMachine.host)
    #expect(throws: EvaluationError.self) { try session.evaluate("{long}hpa:0x80000000 = 1") }
    let place = try #require(host.hostAddress(of: GuestPhysicalAddress(0x8000_0ff8)))
    _ = try session.evaluate("{long}hpa:\(place) = 0x1234")
    #expect(try session.evaluate("{long}gpa:0x80000ff8").bits == 0x1234)
    // A frame that no page of the guest's lies in.
    let free = host.frames.base + UInt64(host.frames.count - 1) << 12
    #expect(throws: EvaluationError.self) { try session.evaluate("{long}hpa:\(free) = 1") }
    #expect(throws: EvaluationError.self) { try Self.session("hello").evaluate("$host.pc") }
  }
}
