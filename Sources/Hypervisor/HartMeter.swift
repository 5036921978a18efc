import RISCV

/// Turns what a hart's hardware counted into charges.
struct HartMeter {
  private var seen = [8 of HartCounts](repeating: HartCounts())

  init() {}

  /// Charges what the hart did in a mode since the last time: instructions to `layer`, the rest to the hardware.
  mutating func charge(_ hart: Hart, _ mode: PrivilegeMode, as layer: Layer, to ledger: inout Ledger) {
    let index = Int(mode.rawValue)
    let before = seen[index]
    guard let now = hart.counts(in: mode, unless: before) else { return }
    seen[index] = now
    charge(&ledger, layer, .instruction, now.retired, before.retired)
    charge(&ledger, .monitor, .instruction, now.overhead, before.overhead)
    charge(&ledger, .hardware, .trapEntryEcall, now.environmentCalls, before.environmentCalls)
    charge(&ledger, .hardware, .trapEntryPageFault, now.pageFaults, before.pageFaults)
    charge(&ledger, .hardware, .trapEntryException, now.otherExceptions, before.otherExceptions)
    charge(&ledger, .hardware, .trapEntryInterrupt, now.interrupts, before.interrupts)
    charge(&ledger, .hardware, .trapReturn, now.trapReturns, before.trapReturns)
    func uncached(_ counts: HartCounts) -> UInt64 {
      counts.firstStageReferences &+ counts.guestStageReferences &- counts.walkCacheHits
    }
    charge(&ledger, .hardware, .pageTableReference, uncached(now), uncached(before))
    charge(&ledger, .hardware, .walkCacheHit, now.walkCacheHits, before.walkCacheHits)
    charge(&ledger, .hardware, .tlbFlush, now.fences, before.fences)
    charge(&ledger, .hardware, .csrAccess, now.csrAccesses, before.csrAccesses)
    charge(&ledger, .hardware, .csrWrite, now.csrWrites, before.csrWrites)
    charge(&ledger, .hardware, .busAccess, now.busAccesses, before.busAccesses)
  }

  /// Charges what it takes the monitor's interpreter to do all that the hart did: each instruction, finished or trapped, is one
  /// turn of its loop, each page-table entry is read by software, each access to a device is one of the virtual board's.
  mutating func chargeInterpreter(_ hart: Hart, _ mode: PrivilegeMode, to ledger: inout Ledger) {
    let index = Int(mode.rawValue)
    let before = seen[index]
    guard let now = hart.counts(in: mode, unless: before) else { return }
    seen[index] = now
    func traps(_ counts: HartCounts) -> UInt64 {
      counts.environmentCalls &+ counts.pageFaults &+ counts.otherExceptions
    }
    charge(&ledger, .monitor, .interpret, now.retired &+ traps(now), before.retired &+ traps(before))
    charge(&ledger, .monitor, .inject, now.interrupts, before.interrupts)
    charge(
      &ledger, .monitor, .walkReference, now.firstStageReferences &+ now.guestStageReferences,
      before.firstStageReferences &+ before.guestStageReferences)
    charge(&ledger, .monitor, .deviceModel, now.busAccesses, before.busAccesses)
  }

  @inline(__always)
  private func charge(
    _ ledger: inout Ledger, _ layer: Layer, _ action: CostAction, _ now: UInt64, _ before: UInt64
  ) {
    if now != before { ledger.charge(layer, action, now &- before) }
  }
}
