import Debugger
import Guests
import Machine
import RISCV
import SystemPackage
import Testing

private func session(_ guest: String, harts: Int = 1) throws -> Session {
  var configuration = MachineConfiguration()
  configuration.program = FilePath(try #require(Guests.image(named: guest)))
  configuration.hartCount = harts
  return try Session(configuration)
}

@Suite("Sessions of the debugger")
struct SessionTests {
  /// Registers, pc, privilege and position: enough to tell two points of a run apart.
  private func state(_ session: Session) -> [UInt64] {
    let hart = session.hart
    return (0..<32).map { hart.x($0) } + [hart.pc, UInt64(hart.privilege.rawValue), session.machine.position]
      + CSRName.all.compactMap { hart.readCSR($0.number) }
  }

  @Test("seek gives the state that stepping gave, forwards and backwards")
  func seek() throws {
    let stepped = try session("hello")
    var states: [UInt64: [UInt64]] = [:]
    for _ in 0..<1200 {
      _ = try stepped.stepInstruction()
      states[stepped.machine.position] = state(stepped)
    }
    let sought = try session("hello")
    for position in [1000, 3, 799, 800, 1100, 6] as [UInt64] {
      #expect(try sought.seek(position))
      #expect(sought.machine.position == position)
      #expect(state(sought) == states[position], "\(position)")
    }
  }

  @Test("A session that nobody uses any more goes, with its machine and the columns beside it")
  func lifetime() throws {
    func parts() throws -> [(name: String, object: () -> AnyObject?)] {
      let (session, side) = try SideTests.opened("pagefaults", after: 2_000, [.native, .trapAndEmulate])
      try session.addStop(.catchpoint(.trap(nil)), condition: "$cause == 13")
      _ = try session.resume()
      #expect(try session.seek(1_500))
      let (machine, column) = (session.machine, side.columns[1].session)
      return [
        ("session", { [weak session] in session }), ("machine", { [weak machine] in machine }),
        ("side", { [weak side] in side }), ("column", { [weak column] in column }),
        ("its machine", { [weak machine = column.machine] in machine }),
        ("its host", { [weak host = column.virtualMachine.host] in host }),
      ]
    }
    let left = try parts().filter { $0.object() != nil }.map(\.name)
    #expect(left.isEmpty, "\(left)")
  }

  @Test("Observation is free: breakpoints, watches and catchpoints leave the run as it is")
  func observation() throws {
    let plain = try session("hello")
    let end = try plain.resume()
    #expect(end.reason == .exited(.success))
    let watched = try session("hello")
    let main = try watched.resolve(location: "supervisor_main")
    try watched.addStop(.breakpoint([CodeLocation(main)], location: "supervisor_main"), condition: "0")
    try watched.addStop(.watchpoint(try watched.watch("system_calls", .write)), condition: "0")
    try watched.addStop(.catchpoint(.trap(nil)), condition: "$cause == 99")
    try watched.addStop(.catchpoint(.csr(CSR.satp.rawValue)), condition: "0")
    #expect(try watched.resume().reason == .exited(.success))
    #expect(watched.machine.position == plain.machine.position)
    #expect(watched.machine.clock == plain.machine.clock)
    #expect(state(watched) == state(plain))
  }

  @Test("A change made at the prompt is made again by a replay")
  func changes() throws {
    let session = try session("hello")
    _ = try session.seek(100)
    try session.evaluate("$s11 = 77")
    try session.evaluate("{long}0x80200000 = 5")
    _ = try session.seek(300)
    _ = try session.seek(200)
    #expect(session.hart.x(27) == 77)
    #expect(session.machine.memory.load(.init(0x8020_0000), as: UInt64.self) == 5)
    _ = try session.seek(50)
    #expect(session.hart.x(27) == 0)
  }

  @Test("A trap storm is told from a guest that works")
  func progress() throws {
    let storm = try session("no-progress")
    let flag = storm.interruptFlag
    storm.machine.idleHandler = nil
    try storm.addStop(.catchpoint(.trap(nil)), condition: "++$n > 5000")
    try storm.evaluate("$n = 0")
    let stop = try storm.resume()
    #expect(stop.reason == .points)
    let found = try #require(storm.progress.found)
    #expect(found.cause == .instructionPageFault)
    #expect(found.pc == 0)
    #expect(storm.symbolText(found.firstPC)?.hasPrefix("enable_paging") == true)
    #expect(!flag.isSet)
    let working = try session("hello")
    _ = try working.resume()
    #expect(working.progress.found == nil)
  }

  @Test("nexti passes over a call, finish returns to the caller")
  func calls() throws {
    let session = try session("hello")
    let main = try session.resolve(location: "firmware_main")
    try session.addStop(.breakpoint([CodeLocation(main)], location: "firmware_main"), isTemporary: true)
    #expect(try session.resume().points.count == 1)
    let caller = session.hart.x(1)
    #expect(try session.finish().run().reason == .done)
    #expect(session.hart.pc == caller)
    #expect(session.stops.isEmpty)
  }

  @Test("Harts are stepped in the canonical order")
  func harts() throws {
    let session = try session("smp", harts: 2)
    _ = try session.resume(limit: 5000)
    #expect(session.machine.position == 5000)
    #expect(session.machine.harts.map(\.retired).reduce(0, +) == 5000)
  }
}
