import Debugger
import Hypervisor
import Machine
import RISCV
import Testing

/// Facts that are found by running the guest again, against what the run itself counted.
@Suite("Facts found by running again")
struct ReplayedFactTests: FactAsking {
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
}
