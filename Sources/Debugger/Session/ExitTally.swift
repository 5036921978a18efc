import Hypervisor
import RISCV

/// What was spent when an exit was first seen, so that its rows can be added up at the entry.
struct ExitTally {
  let hart: Int
  /// The ledger's clock before the trap.
  let start: UInt64
  /// What the trap itself took.
  let trap: UInt64
  let ledger: Ledger
  let exits: ExitStatistics
  let service: VirtualCPU.Service
  let bits: UInt32
  /// The trap's row was shown.
  var isTrapTold = false
}

extension Session {
  /// Takes note of the exit at which the selected hart stands, if the monitor has not begun with it.
  func noteExit() {
    guard let cpu = virtualCPU, let service = cpu.service, service.done == nil, service.phase == .save else { return }
    if let tally = exitTally, tally.hart == selectedHart, tally.start == service.start { return }
    exitTally = ExitTally(
      hart: selectedHart, start: service.start, trap: cpu.ledger.clock &- service.start, ledger: cpu.ledger,
      exits: cpu.exits, service: service, bits: (try? instruction(at: SpacedAddress(cpu.hart.pc)).bits) ?? 0)
  }

  /// At the entry after an exit that was seen from its trap on: its cycles by who spent them, whether their sum is what the
  /// statistics counted, and what the same takes where there is no monitor.
  package var exitSummary: String? {
    guard let cpu = virtualCPU, cpu.service == nil, cpu.isEntering, let tally = exitTally, tally.hart == selectedHart,
      cpu.exits.count == tally.exits.count &+ 1
    else { return nil }
    let spent = cpu.ledger.since(tally.ledger)
    let hardware = tally.trap &+ spent.cycles(of: .hardware) &+ virtualMachine.costs[.trapReturn]
    let monitor = spent.cycles(of: .monitor)
    let total = tally.trap &+ spent.clock &+ virtualMachine.costs[.trapReturn]
    let counted = cpu.exits.cycles &- tally.exits.cycles
    let guest = total &- hardware &- monitor
    let parts =
      "\(grouped(hardware)) hardware + \(grouped(monitor)) monitor" + (guest == 0 ? "" : " + \(grouped(guest)) guest")
    let agreement = counted == total ? "ledger agrees" : "the ledger has \(grouped(counted))"
    let reason = ExitReason.allCases.first { cpu.exits[$0].count != tally.exits[$0].count }
    let native = reason.flatMap { nativeCost($0, tally) } ?? ""
    return "one exit: \(grouped(total)) cycles = \(parts) (\(agreement)).\(native)"
  }

  /// What the hart of a machine without a monitor takes for the same, translations in its TLB.
  private func nativeCost(_ reason: ExitReason, _ tally: ExitTally) -> String? {
    let costs = virtualMachine.costs
    let cycles: UInt64
    switch reason {
    case .csrAccess:
      let writes = tally.bits >> 12 & 3 == 1 || tally.bits >> 15 & 31 != 0
      cycles = costs[.instruction] &+ costs[.csrAccess] &+ (writes ? costs[.csrWrite] : 0)
    case .trapReturn: cycles = costs[.instruction] &+ costs[.trapReturn]
    case .fence: cycles = costs[.instruction] &+ costs[.tlbFlush]
    case .device: cycles = costs[.instruction] &+ costs[.busAccess]
    case .tracedStore: cycles = costs[.instruction]
    case .environmentCall: cycles = costs[.trapEntryEcall]
    case .trueFault: cycles = costs[.trapEntryPageFault]
    case .hiddenFault, .dirtyFault, .nestedFill: return " Native: no exit, no fault."
    case .adapted: return " Native: no exit; an access like any other."
    case .dispatch: return " Native: no exit, nothing to look for."
    case .wait, .hypercall, .exception, .protection, .guestAccess, .interrupt, .unusual: return nil
    }
    return " Native: \(grouped(cycles)) cycle\(cycles == 1 ? "" : "s")."
  }
}
