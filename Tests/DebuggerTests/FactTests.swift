import Debugger
import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

/// The convenience functions, each against something that knows it otherwise.
@Suite("Facts")
struct FactTests {
  private static let monitored = Technique.all.filter { $0.kind == .trapAndEmulate || $0.kind == .hardwareAssisted }

  private func number(_ text: String, _ session: Session) throws -> UInt64 { try session.evaluate(text).bits }
  private func text(_ text: String, _ session: Session) throws -> String { try session.evaluate(text).string }
  private func message(_ text: String, _ session: Session) -> String {
    do { return "no error but \(try session.evaluate(text).bits)" } catch { return error.description }
  }

  /// A catchpoint that counts and never stops.
  private func counter(_ event: String, _ session: Session, condition: String? = nil) throws -> StopPoint {
    let words = event.split(separator: " ", maxSplits: 1).map(String.init)
    let what = try session.parseCatch(words[0], words.count > 1 ? words[1] : "")
    let stop = try session.addStop(.catchpoint(what), condition: condition)
    stop.ignoreCount = .max
    return stop
  }

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

  // MARK: Counted by running again

  /// What happens in `traps` and `pagefaults`, in all kinds.
  private static let events = [
    "trap", "trap ecall-u", "trap load-page-fault", "trap illegal-instruction", "interrupt", "privilege", "privilege U",
    "csr satp", "csr mstatus", "marker", "stage", "stage user", "tlb fill", "tlb flush", "exit",
    "exit illegal-instruction", "exit page-fault", "entry", "entry csr-access", "entry device", "fault", "fault hidden",
    "shadow fill", "shadow drop", "nested fill",
  ]

  @Test(
    "What is counted again is what a catchpoint counted in the run, wherever the guest stands",
    arguments: ["traps", "pagefaults"], [.native, .trapAndEmulate, .hardwareAssisted] as [Technique])
  func count(guest: String, technique: Technique) throws {
    let session = try TechniqueTests.session(guest, technique)
    let counters = try Self.events.map { ($0, try counter($0, session)) }
    let conditional = try counter("trap", session, condition: "$cause == 8")
    func compare(_ place: String) throws {
      for (event, stop) in counters {
        #expect(try number("$_count(\"\(event)\")", session) == UInt64(stop.hits), "\(event), \(place)")
      }
      #expect(try number("$_count(\"trap if $cause == 8\")", session) == UInt64(conditional.hits), "\(place)")
    }
    try compare("at reset")
    _ = try session.resume(limit: 900)
    try compare("after 900")
    // In the middle of services, where the guest stands still.
    if technique != .native {
      for round in 0..<3 {
        guard case .awaited = try session.stepWorld(.exit).reason else { break }
        try compare("exit \(round)")
        _ = try session.stepWorld(.entry)
        try compare("entry \(round)")
      }
    }
    try session.addStop(.catchpoint(.trap(nil)))
    _ = try session.resume()
    try compare("at a trap")
    _ = try session.stepInstruction()
    try compare("behind it")
    #expect(counters.filter { $0.1.hits > 0 }.count >= (technique == .native ? 5 : 10))
    // Back to an earlier point there were fewer.
    let traps = try number("$_count(\"trap\")", session)
    #expect(try session.seek(3))
    #expect(try number("$_count(\"trap\")", session) < traps)
  }

  @Test("A change at the prompt is made in the count, too")
  func countAfterChange() throws {
    let session = try TechniqueTests.session("hello")
    _ = try session.resume(limit: 50)
    #expect(try number("$_count(\"trap illegal-instruction\")", session) == 0)
    _ = try session.evaluate("{int}$pc = 0")
    _ = try session.resume(limit: 1)
    _ = try session.resume(limit: 1)
    #expect(try number("$_count(\"trap illegal-instruction\")", session) >= 1)
  }

  @Test("A condition that cannot be computed is an error, not a count")
  func badConditions() throws {
    let session = try TechniqueTests.session("traps")
    try session.addStop(.catchpoint(.trap(nil)))
    _ = try session.resume()
    #expect(message("$_count(\"trap if 1/0\")", session).contains("Division by zero"))
    #expect(message("$_count(\"trap if nosuch\")", session) == "No symbol \"nosuch\" in current context.")
    #expect(message("$_count(\"trap nonsense\")", session).hasPrefix("No exception \"nonsense\".  The causes are:"))
    #expect(message("$_count(\"tarp\")", session).hasPrefix("Undefined catch command: \"tarp\"."))
    #expect(message("$_count(\"\")", session).hasPrefix("Argument required: one of trap, "))
  }

  @Test("Ctrl-C ends a count, and the guest stays where it is")
  func interrupted() throws {
    let session = try TechniqueTests.session("traps")
    try session.addStop(.catchpoint(.trap(nil)))
    _ = try session.resume()
    let position = session.machine.position
    session.interruptFlag.raise()
    #expect(message("$_count(\"trap\")", session) == "Interrupted.")
    #expect(session.machine.position == position && !session.interruptFlag.isSet)
    #expect(try number("$_count(\"trap\")", session) > 0)
    #expect(try session.resume(limit: 5).reason == .limit)
  }

  @Test("A region's mean is what the accounts at its markers say", arguments: Technique.all)
  func region(technique: Technique) throws {
    let session = try TechniqueTests.session("nano", technique)
    #expect(message("$_region(\"syscall\")", session).hasSuffix("has not been reached yet."))
    // The session's own catchpoints see the markers; the ledger is read there.
    var (begun, sum, count) = (Ledger?.none, UInt64(0), UInt64(0))
    let number = try session.marker("syscall")
    try session.addStop(.catchpoint(.marker(number)))
    try session.addStop(.catchpoint(.marker(-number)))
    for _ in 0..<40 {
      guard let event = try session.resume().event, case .marker(let seen) = event.kind else { break }
      let account = session.virtualMachine.account(ofHart: 0)
      if seen > 0 {
        begun = account.ledger
        if count == 0 { #expect(message("$_region(\"syscall\")", session).hasSuffix("has not ended yet.")) }
      } else if let begun {
        (sum, count) = (sum + account.withoutInstruction.since(begun).clock, count + 1)
      }
    }
    #expect(count == 20)
    #expect(try session.evaluate("$_region(\"syscall\")").asDouble == Double(sum) / Double(count))
    #expect(try session.evaluate("$_region(\"\(number)\")").asDouble == Double(sum) / Double(count))
    #expect(message("$_region(\"nosuch\")", session).hasPrefix("No marker \"nosuch\""))
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

  // MARK: The mechanism

  @Test(
    "A call that is wrong says what is right",
    arguments: [
      ("$_foo()", "There is no convenience function $_foo.  `help convenience` lists them."),
      ("$exits()", "There is no convenience function $exits: it is $_exits."),
      ("$_exits(\"device\", 1)", "$_exits([\"REASON\"]) takes 0 to 1 argument, not 2."),
      ("$_walk()", "$_walk(ADDRESS [, \"ACCESS\"]) takes 1 to 2 arguments, not 0."),
      ("$_digest(1)", "$_digest() takes no arguments, not 1."),
      ("$_streq(\"a\")", "$_streq(\"A\", \"B\") takes 2 arguments, not 1."),
      ("$_exits(1)", "$_exits([\"REASON\"]): REASON is a text in double quotes."),
      ("$_walk(\"a\")", "$_walk(ADDRESS [, \"ACCESS\"]): ADDRESS is an address."),
      ("$_walk(1.5)", "$_walk(ADDRESS [, \"ACCESS\"]): ADDRESS is an address."),
      (
        "$_exits(\"devices\")",
        "No reason \"devices\" for an exit.  The reasons are: csr-access, trap-return, fence, wait, hypercall, "
          + "environment-call, exception, device, hidden-fault, dirty-fault, traced-store, true-fault, nested-fill, "
          + "protection, guest-access, interrupt, unusual."
      ),
      ("$_faults(\"x\")", "No class \"x\" of faults.  The classes are: hidden, dirty, traced, true."),
      ("$_cycles(\"x\")", "No layer \"x\".  The layers are: user, kernel, loader, firmware, monitor, hardware."),
      ("$_pc(", "A syntax error in expression, near `'."), ("$_exits(,)", "A syntax error in expression, near `,)'."),
      ("$pc(1)", EvaluationError.guestFunction.description),
      ("$_exits()(1)", EvaluationError.guestFunction.description),
      ("$_exits() = 1", "Left operand of assignment is not an lvalue."),
      ("\"a\" == \"a\"", "Texts are compared by $_streq(A, B)."),
    ])
  func wrongCalls(call: String, wanted: String) throws {
    #expect(message(call, try TechniqueTests.session("hello")) == wanted)
  }

  @Test("Rows that are not there are told with those that are", arguments: ["_charged", "_price"])
  func unknownRows(function: String) throws {
    let text = message("$\(function)(\"page-reference\")", try TechniqueTests.session("hello"))
    #expect(text.hasPrefix("No cost row \"page-reference\".  The rows are: instruction, trap-entry-ecall, "))
    #expect(text.contains("page-table-reference") && text.contains("walk-cache-entries") == (function == "_price"))
  }

  @Test("Texts are equal or not, in quotes or in the guest's memory")
  func texts() throws {
    let session = try TechniqueTests.session("hello")
    #expect(try number("$_streq(\"a\", \"a\")", session) == 1)
    #expect(try number("$_streq(\"a\", \"A\")", session) == 0)
    _ = try session.resume(limit: 10)
    for (offset, letter) in "init".utf8.enumerated() {
      _ = try session.evaluate("{char}gpa:(0x80100000 + \(offset)) = \(letter)")
    }
    #expect(try number("$_streq((char *)0x80100000, \"init\")", session) == 1)
    #expect(try number("$_streq((char *)0x80100000, \"ini\")", session) == 0)
    #expect(message("$_streq((char *)0, \"a\")", session) == "Cannot access memory at address 0x0")
  }

  @Test("Conditions ask facts: a breakpoint stops when there were so many exits")
  func conditions() throws {
    let session = try TechniqueTests.session("traps", .trapAndEmulate)
    let stop = try session.addStop(.catchpoint(.entry(nil)), condition: "$_exits() >= 7 && $_count(\"exit\") >= 7")
    _ = try session.resume()
    #expect(stop.hits == 1 && session.virtualMachine.exits.count == 7)
    #expect(session.warnings.isEmpty)
    #expect(throws: DebuggerError.self) { try session.condition("$_nosuch() > 1") }
    #expect(throws: DebuggerError.self) { try session.watch("$_count(\"exit\")", .write) }
    #expect(throws: Never.self) { try session.watch("$_exits()", .write) }
  }

  @Test("Calls in calls are refused where they are nested too deeply")
  func nesting() throws {
    let session = try TechniqueTests.session("hello")
    func nested(_ depth: Int) -> String {
      String(repeating: "$_host(", count: depth) + "0x1000" + String(repeating: ")", count: depth)
    }
    #expect(try session.evaluate(nested(20)).bits == 0x1000)
    #expect(message(nested(20_000), session) == EvaluationError.tooDeep.description)
    #expect(try number("$_streq(\"a\", \"b\"" + String(repeating: "", count: 1) + ")", session) == 0)
    let many = "$_walk(" + String(repeating: "1,", count: 5000) + "1)"
    #expect(message(many, session).contains("takes 1 to 2 arguments, not 5001."))
  }

  @Test("Functions have names of their own, and a line")
  func table() {
    var names: Set<String> = []
    for function in ConvenienceFunction.all {
      #expect(names.insert(function.name).inserted && function.name.hasPrefix("_"))
      #expect(!function.meaning.isEmpty && !function.meaning.hasSuffix("."))
      #expect(ConvenienceFunction.named(function.name)?.usage == function.usage)
    }
  }
}
