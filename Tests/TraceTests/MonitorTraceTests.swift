import Guests
import Hypervisor
import Machine
import SystemPackage
import Testing
import Trace

@Suite("Traces under a monitor")
struct MonitorTraceTests {
  /// Lines that tell of the guest, and lines that tell of the monitor.
  private func lines(_ guest: String, _ technique: Technique) throws -> (guest: [String], monitor: [String]) {
    var configuration = MachineConfiguration()
    configuration.memorySize = 32 << 20
    configuration.program = FilePath(try #require(Guests.image(named: guest)))
    let virtual = try VirtualMachine(configuration, technique: technique)
    let output = MemoryOutput()
    let recorder = TraceRecorder(.jsonLines, output)
    recorder.attach(to: virtual.machine)
    _ = virtual.machine.run(stepLimit: 20_000)
    try recorder.finish()
    let kinds = ["exit", "entry", "shadow", "nested", "fault", "code"].map { ",\"\($0)\":" }
    let all = output.lines.map(String.init)
    func isMonitors(_ line: String) -> Bool { kinds.contains { line.contains($0) } }
    return (all.filter { !isMonitors($0) }, all.filter(isMonitors))
  }

  @Test(
    "What the guest does is the same, line for line; each exit is told, and each entry",
    arguments: ["traps", "pagefaults"],
    Technique.all.filter { [.trapAndEmulate, .binaryTranslation, .emulation].contains($0.kind) })
  func sameGuest(guest: String, technique: Technique) throws {
    let native = try lines(guest, .native)
    let other = try lines(guest, technique)
    #expect(native.monitor.isEmpty)
    #expect(other.guest == native.guest)
    #expect(other.monitor.isEmpty == (technique == .emulation))
    let exits = other.monitor.filter { $0.contains(",\"exit\":") }.count
    let entries = other.monitor.filter { $0.contains(",\"entry\":") }.count
    // The last exit may not be over; a service may begin without one, for an interrupt.
    #expect(abs(exits - entries) <= 2, "\(exits) exits, \(entries) entries")
  }
}
