import Hypervisor
import RISCV
import Testing

@Suite("Ledger and exit statistics")
struct LedgerTests {
  /// Charges of many kinds, from a seed.
  private func charged(_ seed: UInt64, times: Int) throws -> Ledger {
    var ledger = Ledger(.standard)
    var random = seed
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % bound
    }
    for round in 0..<times {
      ledger.stage = Layer.guest[next(4)]
      ledger.charge(Layer.allCases[next(6)], CostAction.allCases[next(CostAction.allCases.count)], UInt64(next(100)))
      if round == times / 2 { try ledger.set("emulate", to: 777) }
    }
    return ledger
  }

  @Test("CYCLES-ADD-UP: the clock is the sum of the entries, of the layers, of the stages and of the actions")
  func addsUp() throws {
    let ledger = try charged(0x1234, times: 10_000)
    #expect(ledger.clock > 0)
    #expect(ledger.entries.reduce(0) { $0 + $1.amount.cycles } == ledger.clock)
    #expect(Layer.allCases.reduce(0) { $0 + ledger.cycles(of: $1) } == ledger.clock)
    #expect(Layer.guest.reduce(0) { $0 + ledger.cycles(onBehalfOf: $1) } == ledger.clock)
    #expect(CostAction.allCases.reduce(0) { $0 + ledger.amount(of: $1).cycles } == ledger.clock)
  }

  @Test("A charge counts at the price of its time; a ledger's past can be taken off, another added")
  func prices() throws {
    var ledger = Ledger(.standard)
    ledger.stage = .kernel
    ledger.charge(.monitor, .emulate, 3)
    let before = ledger
    try ledger.set("emulate", to: 10)
    ledger.charge(.monitor, .emulate, 2)
    ledger.charge(.hardware, .wait, 7)
    #expect(ledger.amount(stage: .kernel, layer: .monitor, action: .emulate) == .init(count: 5, cycles: 620))
    #expect(ledger.clock == 627)
    let difference = ledger.since(before)
    #expect(difference.clock == 27 && difference.amount(of: .emulate) == .init(count: 2, cycles: 20))
    #expect(throws: CostModelError.unknownRow("wait")) { try ledger.set("wait", to: 2) }
    var sum = before
    sum.add(difference)
    #expect(sum.clock == ledger.clock && sum.entries == ledger.entries)
  }

  @Test("Exits are counted by reason, with the least, the most and the mean")
  func exits() {
    var exits = ExitStatistics()
    for cycles: UInt64 in [2000, 1800, 2200] { exits.note(.csrAccess, cycles) }
    exits.note(.device, 3000)
    #expect(parts(exits[.csrAccess]) == [3, 6000, 1800, 2200])
    #expect(exits[.csrAccess].mean == 2000 && exits[.fence].mean == 0)
    #expect(exits.count == 4 && exits.cycles == 9000)
    #expect(exits.reasons == [.csrAccess, .device])
    var other = ExitStatistics()
    other.note(.device, 1000)
    other.add(exits)
    #expect(parts(other[.device]) == [2, 4000, 1000, 3000])
  }

  private func parts(_ sample: ExitStatistics.Sample) -> [UInt64] {
    [sample.count, sample.cycles, sample.least, sample.most]
  }

  @Test("The report has the columns of perf kvm stat, the most frequent reason first")
  func report() {
    var exits = ExitStatistics()
    for cycles: UInt64 in [2000, 2001, 2001] { exits.note(.csrAccess, cycles) }
    exits.note(.device, 3000)
    let lines = exits.report
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(words[0] == ["VM-EXIT", "Samples", "Samples%", "Time%", "Min", "Max", "Avg"])
    #expect(words[2] == ["csr-access", "3", "75.00%", "66.67%", "2,000", "2,001", "2,000.67"])
    #expect(words[3] == ["device", "1", "25.00%", "33.33%", "3,000", "3,000", "3,000.00"])
    #expect(lines.last == "Total Samples:4, Total events handled time:9,002 cycles.")
    #expect(ExitStatistics().report.last == "Total Samples:0, Total events handled time:0 cycles.")
  }

  @Test("Names of reasons, layers and actions lead back to them", arguments: ExitReason.allCases)
  func names(reason: ExitReason) {
    #expect(ExitReason(name: reason.name) == reason)
    for layer in Layer.allCases { #expect(Layer(name: layer.name) == layer) }
    for action in CostAction.allCases { #expect(CostAction(name: action.name) == action) }
    #expect(Set(CostAction.allCases.map(\.name)).count == CostAction.allCases.count)
  }
}
