import Debugger
import Guests
import Hypervisor
import Machine
import SystemPackage
import Testing

/// What a person did from outside, done again.
@Suite("A person's Ctrl-C and keys, repeated")
struct RepeatedInterruptTests {
  private func place(_ session: Session) -> [UInt64] {
    [session.machine.position, session.machine.digest(), session.hart.pc]
  }

  @Test(
    "Ctrl-C at a position stops a run there, once", arguments: ["timer", "traps", "smp"],
    [.native, .trapAndEmulate] as [Technique])
  func runs(guest: String, technique: Technique) throws {
    let session = try TechniqueTests.session(guest, technique)
    // Somebody presses Ctrl-C while the guest runs.
    var presses = 0
    try session.addStop(.catchpoint(.trap(nil))).ignoreCount = .max
    session.machine.breakpoints = []
    session.onConsoleOutput = { _ in
      presses += 1
      if presses == 5 { session.interruptFlag.raise() }
    }
    let stop = try session.resume()
    try #require(stop.reason == .requested)
    let position = try #require(session.interruptedAt)
    #expect(position == session.machine.position && position > 0)

    let again = try TechniqueTests.session(guest, technique)
    again.interruptAt = position
    #expect(try again.resume().reason == .requested)
    #expect(place(again) == place(session))
    #expect(again.interruptAt == nil && again.interruptedAt == position)
    // Once only: both go on to the same end.
    session.onConsoleOutput = nil
    #expect(try again.resume(limit: 1000).reason == .limit)
    #expect(try session.resume(limit: 1000).reason == .limit)
    #expect(place(again) == place(session))
  }

  @Test("It stops steps, and runs that look for something; what lies behind does not count")
  func steps() throws {
    let session = try TechniqueTests.session("traps")
    session.interruptAt = 5
    var reasons: [Stop.Reason] = []
    for _ in 0..<8 { reasons.append(try session.stepInstruction().reason) }
    #expect(reasons == Array(repeating: .done, count: 5) + [.requested, .done, .done])
    #expect(session.machine.position == 7)
    session.interruptAt = 6
    #expect(try session.resume(limit: 10).reason == .limit, "it is behind")
    session.interruptAt = 20
    #expect(try session.stepStage().reason == .requested || session.stages.entries.count > 1)
    session.interruptAt = session.machine.position
    #expect(try session.resume().reason == .requested, "at once")
  }

  @Test("It stops a seek forward where it stopped, and one back before it begins")
  func seeks() throws {
    let session = try TechniqueTests.session("traps")
    session.interruptAt = 100
    #expect(try session.seek(500) == false)
    #expect(session.machine.position == 100 && session.interruptedAt == 100 && session.interruptAt == nil)
    session.interruptAt = 100
    #expect(try session.seek(50) == false)
    #expect(session.machine.position == 100)
    #expect(try session.seek(50))
    #expect(session.machine.position == 50)
    session.interruptAt = 50
    #expect(throws: EvaluationError.other("Interrupted.")) { try session.evaluate("$_count(\"trap\")") }
  }

  @Test("Ctrl-C that was noticed before the machine looked does not stop the next run as well")
  func noticedEarly() throws {
    let session = try TechniqueTests.session("traps")
    session.interruptFlag.raise()
    #expect(try session.stepInstruction().reason == .requested)
    #expect(try session.resume(limit: 50).reason == .limit)
    session.interruptFlag.raise()
    #expect(try session.resume(limit: 50).reason == .requested)
    #expect(try session.resume(limit: 50).reason == .limit)
  }

  @Test("Keys come at the clocks at which they came, also while the guest waits for them")
  func keys() throws {
    func lantern() throws -> Session {
      let folder = try #require(Guests.catalog) + "/boot"
      var configuration = MachineConfiguration()
      configuration.bios = .file(FilePath(folder + "/firmware.elf"))
      configuration.disks = [.init(path: FilePath(folder + "/boot.img"))]
      return try Session(configuration)
    }
    let session = try lantern()
    var shown: [UInt8] = []
    session.onConsoleOutput = { shown.append($0) }
    var typed = 0
    session.machine.idleHandler = { next in
      guard next == nil else { return .skip }
      // The shell waits: somebody types, and later presses Ctrl-].
      typed += 1
      if typed < 3 {
        session.type(Array("help\n".utf8))
        return .again
      }
      session.interruptFlag.raise()
      return .stop
    }
    #expect(try session.resume().reason == .requested)
    session.machine.idleHandler = nil
    let position = try #require(session.interruptedAt)
    #expect(session.inputArrivals.map(\.bytes).joined().count == 10)

    let again = try lantern()
    var repeated: [UInt8] = []
    again.onConsoleOutput = { repeated.append($0) }
    again.interruptAt = position
    again.replayInput(session.inputArrivals)
    #expect(try again.resume().reason == .requested)
    #expect(again.inputArrivals == session.inputArrivals)
    #expect(repeated == shown)
    #expect(again.machine.position == position)
    #expect(place(again) == place(session))
    // Both wait from now on, and what comes next comes to both.
    again.replayInput([])
    for each in [session, again] { each.type(Array("uptime\n".utf8)) }
    #expect(try again.resume().reason == .idle && session.resume().reason == .idle)
    #expect(place(again) == place(session) && repeated == shown && shown.count > 20)
  }
}
