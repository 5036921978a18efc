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
  static func exit(_ cause: CostAction) -> [(CostAction, UInt64)] {
    [(cause, 1), (.exitSwitch, 1), (.saveRegisters, 1), (.swapCSR, 7)]
  }
  static let entry: [(CostAction, UInt64)] = [
    (.trapReturn, 1), (.entrySwitch, 1), (.restoreRegisters, 1), (.swapCSR, 7),
  ]
  static func roundTrip(_ cause: CostAction) -> [(CostAction, UInt64)] { exit(cause) + entry }

  static let riscv: [CostTotal] = [
    .init("riscv", "an emulated instruction", 2000, trapped(.trapEntryException) + [(.emulate, 1)]),
    .init(
      "riscv", "a hidden fault", 2500, trapped(.trapEntryPageFault) + [(.walkReference, 3), (.writeTable, 1)]),
    .init("riscv", "a true page fault", 2200, trapped(.trapEntryPageFault) + [(.walkReference, 3), (.inject, 1)]),
    .init(
      "riscv", "a traced store to two shadow entries", 3500,
      trapped(.trapEntryPageFault) + [(.emulate, 1), (.dropEntry, 2), (.tlbFlush, 2)]),
    .init("riscv", "a hardware exit", 400, exit(.trapEntryEcall)),
    .init("riscv", "a hardware entry", 400, entry),
    .init("riscv", "a hypercall", 1000, roundTrip(.trapEntryEcall) + [(.hypercall, 1)]),
    .init(
      "riscv", "a device access by a hardware exit", 3000,
      roundTrip(.trapEntryPageFault) + [(.fetchDecode, 1), (.emulate, 1), (.deviceModel, 1)]),
    .init("riscv", "a nested fill", 1400, roundTrip(.trapEntryPageFault) + [(.allocateFrame, 1), (.writeTable, 1)]),
    .init("riscv", "a call-out that emulates one instruction", 1200, callOut),
    .init("riscv", "a walk of Sv39 over Sv39x4, nothing cached", 1500, [(.pageTableReference, 15)]),
  ]

  /// A native trap, its handler and its return: `sret` retires, what trapped does not.
  private static func native(_ entry: CostAction) -> [(CostAction, UInt64)] {
    [(entry, 1), (.instruction, 1), (.trapReturn, 1)]
  }
  private static let callOut: [(CostAction, UInt64)] = [
    (.trapEntryEcall, 1), (.saveRegisters, 1), (.callOut, 1), (.emulate, 1), (.restoreRegisters, 1), (.trapReturn, 1),
  ]

  /// Adams and Agesen, ASPLOS 2006: sections 3.3 and 6.3, and Table 1.
  static let pentium4: [CostTotal] = [
    .init("pentium4-2005", "native syscall", 242, native(.trapEntryEcall)),
    .init("pentium4-2005", "native divzero", 889, native(.trapEntryException)),
    .init("pentium4-2005", "native pgfault", 1093, native(.trapEntryPageFault)),
    .init("pentium4-2005", "native in", 3209, [(.instruction, 1), (.busAccess, 1)]),
    .init("pentium4-2005", "native cr8wr", 140, [(.instruction, 1), (.csrAccess, 1), (.csrWrite, 1)]),
    .init("pentium4-2005", "rdtsc by trap-and-emulate", 2030, trapped(.trapEntryException) + [(.emulate, 1)]),
    .init("pentium4-2005", "rdtsc by a call-out", 1254, callOut),
    .init("pentium4-2005", "rdtsc in the translation cache", 216, [(.emulate, 1)]),
    .init("pentium4-2005", "divzero under software", 3223, trapped(.trapEntryException) + [(.inject, 1)] + callOut),
    .init(
      "pentium4-2005", "pgfault under software, four levels", 3927,
      trapped(.trapEntryPageFault) + [(.walkReference, 4), (.inject, 1)] + callOut),
    .init("pentium4-2005", "an exit for a page fault", 1931, [(.trapEntryPageFault, 1), (.exitSwitch, 1)]),
    .init("pentium4-2005", "an entry", 2409, [(.trapReturn, 1), (.entrySwitch, 1)]),
    .init("pentium4-2005", "ten VMCB reads", 1780, [(.readControl, 10)]),
    .init(
      "pentium4-2005", "ptemod under hardware", 12733,
      roundTrip(.trapEntryPageFault) + roundTrip(.trapEntryPageFault)
        + [(.readControl, 20), (.writeTable, 2), (.dropEntry, 1)]),
  ]

  static let modern: [CostTotal] = [
    .init(
      "modern-x86", "a round trip of hardware", 784,
      [(.trapEntryEcall, 1), (.exitSwitch, 1), (.entrySwitch, 1), (.trapReturn, 1)]),
    .init(
      "modern-x86", "a device access by a hardware exit", 3000,
      roundTrip(.trapEntryPageFault) + [(.readControl, 10), (.fetchDecode, 1), (.emulate, 1), (.deviceModel, 1)]),
    .init("modern-x86", "a hypercall", 1474, roundTrip(.trapEntryEcall) + [(.readControl, 10), (.hypercall, 1)]),
  ]
}

@Suite("Totals come out as sums of rows")
struct CostTotalsTests {
  @Test("Each total is the sum of its actions", arguments: CostTotal.riscv + CostTotal.pentium4 + CostTotal.modern)
  func totals(total: CostTotal) throws {
    var ledger = Ledger(try CostModel(preset: total.preset))
    for (action, count) in total.actions { ledger.charge(.monitor, action, count) }
    #expect(ledger.clock == total.total)
  }
}
