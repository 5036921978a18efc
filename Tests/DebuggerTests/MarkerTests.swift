import Debugger
import Guests
import Hypervisor
import Machine
import ObjectFile
import RISCV
import SystemPackage
import Testing

/// The hint `slti x0, x0, N`: seen by whoever looks, and nothing else.
@Suite("Markers")
struct MarkerTests {
  private static func machine() throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "nano")))
    return try Machine(configuration)
  }

  private struct Outcome: Equatable {
    var reason: StopReason
    var digest: UInt64
    var position: UInt64
    var clock: UInt64
  }

  /// Runs the guest to its end; returns what it came to, the markers seen, and what the console said.
  private func run(onStepPath: Bool, observed: Bool) throws -> (Outcome, [Event], String) {
    let machine = try Self.machine()
    machine.usesStepPath = onStepPath
    var markers: [Event] = []
    var console: [UInt8] = []
    machine.board.onConsoleOutput = { console.append($0) }
    if observed {
      machine.eventMask = .marker
      machine.eventHandler = { _, event in
        markers.append(event)
        return false
      }
    }
    let reason = machine.run(stepLimit: 10_000_000)
    let outcome = Outcome(
      reason: reason, digest: machine.digest(), position: machine.position, clock: machine.clock)
    return (outcome, markers, String(decoding: console, as: UTF8.self))
  }

  @Test("They are the same events on both paths, and the run is the same whether they are looked at or not")
  func observation() throws {
    let plain = try run(onStepPath: false, observed: false)
    let blocks = try run(onStepPath: false, observed: true)
    let steps = try run(onStepPath: true, observed: true)
    #expect(plain.0.reason == .exited(.success) && plain.1.isEmpty)
    #expect(blocks.0 == plain.0)
    #expect(steps.0 == plain.0)
    #expect(!blocks.1.isEmpty)
    #expect(blocks.1 == steps.1)
  }

  @Test("What regions take is what the guest measures with its own counters")
  func regions() throws {
    let (_, markers, console) = try run(onStepPath: false, observed: true)
    var regions = MarkerRegions()
    for event in markers { regions.note(event) }
    let names = MarkerNames(try Self.machine().board.images.flatMap(\.symbols))
    var compared = 0
    for line in console.split(separator: "\n") where line.hasPrefix("~ ") && !line.contains("first") {
      // "~ syscall: 5.0 instructions, 6.0 cycles"
      let words = line.split { " :,".contains($0) }
      let region = try #require(regions.all.first { names.name($0.number) == String(words[1]) }, "\(line)")
      #expect(region.begun == 1000 && region.ended == 1000)
      #expect(region.retired.sum == UInt64(try #require(Double(words[2])) * 1000), "\(line)")
      #expect(region.cycles.sum == UInt64(try #require(Double(words[4])) * 1000), "\(line)")
      #expect(region.retired.least * 1000 <= region.retired.sum && region.retired.most * 1000 >= region.retired.sum)
      compared += 1
    }
    #expect(compared == 10)
    #expect(regions.all.map { names.name($0.number) }.contains("device_first"))
  }

  @Test("Counting regions charges nothing, and what it counts adds up", arguments: Technique.all)
  func accounts(technique: Technique) throws {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "nano")))
    var ledgers: [[Ledger]] = []
    for isCounted in [false, true] {
      let machine = try VirtualMachine(configuration, technique: technique)
      let counter = isCounted ? RegionCounter(machine) : nil
      #expect(machine.machine.run(stepLimit: 10_000_000) == .exited(.success))
      ledgers.append(machine.ledgers)
      for region in counter?.all ?? [] where region.ended != 0 {
        let costs = try #require(region.costs)
        #expect(costs.clock == region.hostCycles.sum && costs.clock == costs.sum { _ in true }.cycles)
        #expect(region.hostCycles.least &* region.ended <= region.hostCycles.sum)
      }
      if let counter {
        let empty = try #require(counter.all.first { $0.number == 1 })
        #expect(empty.ended == 1000 && empty.hostCycles.sum == 0, "the two hints themselves do not count")
      }
    }
    #expect(ledgers[0] == ledgers[1])
  }

  @Test("A region ends where it began; what ends without a beginning, or never, is none")
  func unbalanced() {
    var regions = MarkerRegions()
    func marker(_ number: Int, hart: Int, at retired: UInt64) {
      let event = Event(
        kind: .marker(number), hart: hart, cycle: retired * 2, retired: retired, pc: 0, privilege: .user)
      regions.note(event)
    }
    marker(-5, hart: 0, at: 1)
    #expect(regions.all.isEmpty)
    marker(5, hart: 0, at: 10)
    marker(7, hart: 0, at: 11)
    marker(5, hart: 1, at: 100)
    marker(-5, hart: 0, at: 14)
    marker(-5, hart: 1, at: 111)
    marker(-5, hart: 1, at: 112)
    marker(0, hart: 0, at: 113)
    let (five, seven) = (regions.all[0], regions.all[1])
    #expect(regions.all.map(\.number) == [5, 7])
    #expect(five.begun == 2 && five.ended == 2)
    #expect((five.retired.least, five.retired.most, five.retired.sum) == (3, 10, 13))
    #expect((five.cycles.least, five.cycles.most, five.cycles.sum) == (7, 21, 28))
    #expect(seven.begun == 1 && seven.ended == 0)
  }

  @Test("Names come from plain numbers called marker_NAME")
  func names() {
    let names = MarkerNames([
      Symbol(name: "marker_ptemod", address: 7, sectionIndex: .absolute),
      Symbol(name: "marker_function", address: 8, sectionIndex: .section(1)),
      Symbol(name: "marker_far", address: 4096, sectionIndex: .absolute),
    ])
    #expect(names.all == ["ptemod"])
    #expect(names.text(7) == "7 (ptemod)" && names.text(-7) == "-7 (end of ptemod)" && names.text(8) == "8")
    #expect(names.number("ptemod") == 7 && names.number("-ptemod") == -7 && names.number("-12") == -12)
    #expect(names.number("function") == nil && names.number("2048") == nil && names.number("") == nil)
  }
}
