import Hypervisor
import Testing

/// A total as a list of actions, to be held against what a paper or the design says it is.
struct CostTotal: CustomTestStringConvertible, Sendable {
  var preset: String
  var what: String
  var total: UInt64
  var actions: [(CostAction, UInt64)]

  init(_ preset: String, _ what: String, _ total: UInt64, _ actions: [(CostAction, UInt64)]) {
    (self.preset, self.what, self.total, self.actions) = (preset, what, total, actions)
  }

  var testDescription: String { "\(preset): \(what)" }

  /// Into the monitor and out of it by a trap, without hardware's help.
  static func trapped(_ entry: CostAction) -> [(CostAction, UInt64)] {
    [(entry, 1), (.saveRegisters, 1), (.fetchDecode, 1), (.restoreRegisters, 1), (.trapReturn, 1)]
  }
  /// Out of a virtual mode, and back.
  static func exit(_ entry: CostAction, csrs: UInt64) -> [(CostAction, UInt64)] {
    [(entry, 1), (.exitSwitch, 1), (.saveRegisters, 1), (.swapCSR, csrs)]
  }
  static func entry(csrs: UInt64) -> [(CostAction, UInt64)] {
    [(.trapReturn, 1), (.entrySwitch, 1), (.restoreRegisters, 1), (.swapCSR, csrs)]
  }
  static func roundTrip(_ entry: CostAction) -> [(CostAction, UInt64)] {
    exit(entry, csrs: 7) + Self.entry(csrs: 7)
  }

  static let riscv: [CostTotal] = [
    .init("riscv", "an emulated instruction", 2000, trapped(.trapEntryException) + [(.emulate, 1)]),
    .init(
      "riscv", "a hidden fault", 2500, trapped(.trapEntryPageFault) + [(.walkReference, 3), (.writeTable, 1)]),
    .init("riscv", "a true page fault", 2200, trapped(.trapEntryPageFault) + [(.walkReference, 3), (.inject, 1)]),
    .init(
      "riscv", "a traced store to two shadow entries", 3500,
      trapped(.trapEntryPageFault) + [(.emulate, 1), (.dropEntry, 2), (.tlbFlush, 2)]),
    .init("riscv", "a hardware exit", 400, exit(.trapEntryEcall, csrs: 7)),
    .init("riscv", "a hardware entry", 400, entry(csrs: 7)),
    .init("riscv", "a hypercall", 1000, roundTrip(.trapEntryEcall) + [(.hypercall, 1)]),
    .init(
      "riscv", "a device access by a hardware exit", 3000,
      roundTrip(.trapEntryPageFault) + [(.fetchDecode, 1), (.emulate, 1), (.deviceModel, 1)]),
    .init("riscv", "a nested fill", 1400, roundTrip(.trapEntryPageFault) + [(.allocateFrame, 1), (.writeTable, 1)]),
    .init("riscv", "a call-out that emulates one instruction", 1200, [(.callOut, 1), (.emulate, 1)]),
    .init("riscv", "a walk of Sv39 over Sv39x4, nothing cached", 1500, [(.pageTableReference, 15)]),
  ]
}

@Suite("Totals come out as sums of rows")
struct CostTotalsTests {
  @Test("Each total is the sum of its actions", arguments: CostTotal.riscv)
  func totals(total: CostTotal) throws {
    var ledger = Ledger(try CostModel(preset: total.preset))
    for (action, count) in total.actions { ledger.charge(.monitor, action, count) }
    #expect(ledger.clock == total.total)
  }
}
