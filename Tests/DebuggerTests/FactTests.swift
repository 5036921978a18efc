import Debugger
import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

/// The convenience functions, each against something that knows it otherwise.
@Suite("Facts")
struct FactTests: FactAsking {
  private static let monitored = Technique.all.filter { $0.hasExits }

  // MARK: The monitor's work

  @Test("Exits by reason are the entries that a catchpoint saw", arguments: ["traps", "pagefaults"], monitored)
  func exits(guest: String, technique: Technique) throws {
    let session = try TechniqueTests.session(guest, technique)
    let counters = try ExitReason.allCases.map { ($0, try counter("entry \($0.name)", session)) }
    _ = try session.resume(limit: 3000)
    var sum = UInt64(0)
    for (reason, counter) in counters {
      let count = try number("$_exits(\"\(reason.name)\")", session)
      #expect(count == UInt64(counter.hits), "\(reason.name)")
      sum += count
    }
    #expect(try number("$_exits()", session) == sum)
    #expect(sum > 20)
  }

  @Test("Without a monitor there are no exits and no faults", arguments: [Technique.native, .emulation])
  func withoutMonitor(technique: Technique) throws {
    let session = try TechniqueTests.session("pagefaults", technique)
    _ = try session.resume(limit: 3000)
    for fact in ["$_exits()", "$_exits(\"device\")", "$_faults()", "$_count(\"exit\")", "$_count(\"fault hidden\")"] {
      #expect(try number(fact, session) == 0, "\(fact)")
    }
    #expect(message("$_next_exit()", session).hasPrefix("There are no exits under \(technique)"))
  }

  @Test("Faults by class are those that a catchpoint saw", arguments: ["pagefaults", "forkwait"])
  func faults(guest: String) throws {
    let session = try TechniqueTests.session(guest, .trapAndEmulate)
    let counters = try FaultClass.allCases.map { ($0, try counter("fault \($0.name)", session)) }
    _ = try session.resume(limit: 200_000)
    for (kind, counter) in counters {
      #expect(try number("$_faults(\"\(kind.name)\")", session) == UInt64(counter.hits), "\(kind)")
    }
    #expect(try number("$_faults()", session) == UInt64(counters.reduce(0) { $0 + $1.1.hits }))
    #expect(try number("$_faults(\"hidden\")", session) > 5)
  }

  @Test("Cycles by layer and row add up to the hart's clock, and are counts times prices", arguments: Technique.all)
  func cycles(technique: Technique) throws {
    let session = try TechniqueTests.session("pagefaults", technique)
    _ = try session.resume(limit: 2000)
    let clock = session.virtualMachine.ledgers[0].clock
    #expect(try number("$_cycles()", session) == clock)
    var sum = UInt64(0)
    for layer in Layer.allCases {
      var rows = UInt64(0)
      for action in CostAction.allCases {
        rows += try number("$_cycles(\"\(layer.name)\", \"\(action.name)\")", session)
      }
      #expect(try number("$_cycles(\"\(layer.name)\")", session) == rows)
      sum += rows
    }
    #expect(sum == clock && clock > 2000)
    let products = try CostAction.priced.reduce(UInt64(0)) { sum, action in
      sum + (try number("$_charged(\"\(action.name)\") * $_price(\"\(action.name)\")", session))
    }
    #expect(products == clock)
    try session.virtualMachine.setCost("csr-access", to: 77)
    #expect(try number("$_price(\"csr-access\")", session) == 77)
  }

  @Test("The next exit is the one that comes", arguments: ["traps", "pagefaults"], monitored)
  func nextExit(guest: String, technique: Technique) throws {
    let session = try TechniqueTests.session(guest, technique)
    for round in 0..<24 {
      // From the guest's code, and from the middle of a service.
      let expected = try text("$_next_exit()", session)
      if round % 2 == 1 {
        _ = try session.stepWorld(.exit)
        #expect(try text("$_next_exit()", session) == expected)
      }
      guard case .awaited(let event) = try session.stepWorld(.entry).reason, case .entry(let reason, _) = event.kind
      else {
        Issue.record("no entry")
        return
      }
      #expect(reason.name == expected)
    }
    #expect(try session.resume().reason == .exited(.success))
    #expect(message("$_next_exit()", session) == "The guest has ended: no exit comes any more.")
  }

  @Test("Exits that a person served count; those that were left to the monitor do not")
  func served() throws {
    let session = try ManualMonitorTests.session("traps")
    _ = try session.beginManual()
    _ = try session.resume()
    for round in 1...6 {
      for command in try session.commandsToType() { try ManualMonitorTests.type(command, session) }
      #expect(try session.checkDraft().isEmpty)
      session.enterDraft()
      _ = try session.resume()
      #expect(try number("$_served()", session) == UInt64(round))
    }
    session.giveUpDraft()
    _ = try session.resume()
    #expect(try number("$_served()", session) == 6)
    #expect(try number("$_technique(\"manual\")", session) == 1)
  }

  @Test("Entries of a watched monitor are those that it counts itself; a wrong one is told apart")
  func specimen() throws {
    func session(_ monitor: String) throws -> Session {
      var configuration = MachineConfiguration()
      configuration.memorySize = 32 << 20
      configuration.bios = .file(FilePath(try #require(Guests.firmware)))
      configuration.kernel = FilePath(try #require(Guests.catalog) + "/tiny-monitor/\(monitor).elf")
      configuration.monitorGuest = FilePath(try #require(Guests.supervisorImage(named: "hello")))
      let session = try Session(configuration)
      session.checksMonitor = false
      return session
    }
    let good = try session("monitor")
    var console: [UInt8] = []
    good.onConsoleOutput = { console.append($0) }
    #expect(try good.resume().reason == .exited(.success))
    let counted = try #require(String(decoding: console, as: UTF8.self).split(separator: "\n").last)
    #expect(counted.hasPrefix("monitor: the guest has ended, exits: 0x"))
    let exits = try #require(UInt64(counted.split(separator: "x").last!.filter { $0 != "\r" }, radix: 16))
    #expect(try number("$_entries()", good) == exits)
    #expect(try number("$_exits()", good) == exits - 1)
    #expect(try number("$_count(\"exit\")", good) == exits)
    #expect(try number("$_mistakes()", good) == 0)
    #expect(message("$_faults()", good).contains("not told apart"))
    #expect(message("$_count(\"fault\")", good).contains("not told apart"))

    let bad = try session("wrong-pc")
    bad.checksMonitor = true
    #expect(try bad.resume(limit: 50_000_000).reason == .mistake)
    #expect(try number("$_mistakes()", bad) == 1)
    let native = try TechniqueTests.session("hello")
    for fact in ["$_entries()", "$_mistakes()"] {
      #expect(message(fact, native).hasPrefix("There is no monitor of yours here."))
    }
  }

  // MARK: Translation

  @Test("Where addresses lead is where their bytes lie", arguments: Technique.all)
  func translation(technique: Technique) throws {
    let session = try TechniqueTests.session("pagefaults", technique)
    try session.addStop(.catchpoint(.privilege(.user)))
    _ = try session.resume()
    _ = try session.resume(limit: 200)
    session.stops = []
    var compared = 0
    for address in ["$pc", "$sp", "$pc & ~0xfff", "$sp - 8"] {
      guard let bytes = try? number("{long}(\(address))", session) else { continue }
      let physical = try session.evaluate("$_translate(\(address))").address
      let host = try session.evaluate("$_host(\(address))").address
      #expect(physical.space == .guestPhysical && host.space == .hostPhysical)
      #expect(try number("{long}$_translate(\(address))", session) == bytes, "\(address)")
      #expect(try number("{long}$_host(\(address))", session) == bytes, "\(address)")
      #expect(try number("{long}$_host($_translate(\(address)))", session) == bytes)
      #expect(session.physical(host) == physical.value)
      compared += 1
    }
    #expect(compared >= 2)
    #expect(message("$_translate(0x7f00000000)", session).hasPrefix("The load at 0x7f00000000 fails: "))
    #expect(message("$_translate(gpa:0x80000000)", session).contains("is physical already"))
    #expect(message("$_walk($pc, \"write\")", session) == "No access \"write\": it is load, store or fetch.")
    if technique != .native && technique != .emulation {
      #expect(message("$_host(gpa:0x10000000)", session) == "gpa:0x10000000 is a device's: no frame lies there.")
    }
  }

  // MARK: The run

  @Test("What the guest has printed is known wherever it goes, and to who comes later")
  func console() throws {
    let session = try TechniqueTests.session("hello")
    let fact = "$_console(\"paging is on\")"
    var place = UInt64?.none
    session.onConsoleOutput = { byte in if byte == UInt8(ascii: "g"), place == nil { place = 1 } }
    #expect(try number(fact, session) == 0)
    _ = try session.resume()
    #expect(try number(fact, session) == 1)
    #expect(try number("$_console(\"paging is off\")", session) == 0)
    #expect(try number("$_console(\"by ecall\\npaging\")", session) == 1, "over the end of a line")
    #expect(try session.seek(10))
    #expect(try number(fact, session) == 0)
    #expect(try session.change(to: .trapAndEmulate) != .interrupted)
    _ = try session.resume()
    #expect(try number(fact, session) == 1)
    try session.restart()
    #expect(try number(fact, session) == 0)

    // A machine that has run before anybody was there.
    let old = try VirtualMachine(session.configuration)
    _ = old.machine.run(stepLimit: 100_000)
    #expect(old.machine.board.consoleOutputCount > 0)
    #expect(try number(fact, Session(old)) == 1)
  }

  @Test("Stages are those of the session, an end is one of two")
  func stages() throws {
    let session = try TechniqueTests.session("hello", .trapAndEmulate)
    #expect(try number("$_entered(\"rom\")", session) == 1)
    #expect(try number("$_entered(\"user\")", session) == 0)
    #expect(message("$_stage_retired(\"user\")", session) == "The stage user has not been entered yet.")
    #expect(message("$_entered(\"usr\")", session).hasPrefix("No stage \"usr\".  The stages are: rom, firmware, "))
    while case .stage(let entry) = try session.stepStage().reason {
      let name = String(entry.name.prefix { $0 != " " })
      #expect(try number("$_stage_retired(\"\(name)\")", session) == session.machine.position)
      #expect(try number("$_stage_cycles(\"\(name)\")", session) == session.machine.clock)
      #expect(try number("$_entered(\"\(name)\")", session) == 1)
      #expect(try number("$_ended()", session) == 0)
    }
    #expect(try number("$_entered(\"user\") && $_entered(\"kernel\")", session) == 1)
    #expect(try number("$_ended() && $_ended(\"success\") && !$_ended(\"failure\")", session) == 1)
    #expect(message("$_ended(\"well\")", session) == "No end \"well\": it is success or failure.")
    session.machine.board.exitRequest = .failure(code: 3)
    #expect(try number("$_ended() && !$_ended(\"success\") && $_ended(\"failure\")", session) == 1)
  }

  @Test("The technique goes by the beginning of its full name", arguments: Technique.all)
  func technique(technique: Technique) throws {
    let session = try TechniqueTests.session("hello", technique)
    #expect(try number("$_technique(\"\(technique)\")", session) == 1)
    for other in Technique.all where other.kind != technique.kind {
      #expect(try number("$_technique(\"\(other)\")", session) == 0)
    }
    #expect(try number("$_technique(\"manual\")", session) == 0)
    #expect(try number("$_digest()", session) == session.machine.digest())
    if technique.paging == .nested { #expect(try number("$_technique(\"hardware-assisted/nested\")", session) == 1) }
  }
}
