import Hypervisor
import Machine
import RISCV

// Under a monitor: the trap of an exit, the phases of its service, and the entry.
extension Session {
  /// What one reference of a walk costs: hardware's, or the emulator's.
  var referencePrice: UInt64 {
    virtualMachine.costs[technique == .emulation ? .walkReference : .pageTableReference]
  }

  /// The trap by which the instruction just tried left the guest, behind what it had done; empty where it did not. `told` cycles
  /// were shown already.
  func trapEntry(told: UInt64) -> [CyclePhase] {
    guard let cpu = virtualCPU, let service = cpu.service, service.done == nil, service.phase == .save else {
      return []
    }
    var phases: [CyclePhase] = []
    let before = service.start &- cycleStart
    if before > told {
      let text = "what the instruction did before it trapped: references of its walks"
      phases.append(CyclePhase(name: "execute", text: text, cycles: before &- told, layer: "hardware", start: told))
    }
    phases.append(trap(cpu, service, start: max(before, told)))
    return phases
  }

  /// The hardware's part of an exit, which is over when the monitor looks.
  private func trap(_ cpu: VirtualCPU, _ service: VirtualCPU.Service, start: UInt64) -> CyclePhase {
    let price = cpu.ledger.clock &- service.start
    noteExit()
    exitTally?.isTrapTold = true
    cycleStep = CycleStep(phases: [], cycles: start &+ price)
    let from = cpu.guestMode.map { "physical \(Self.physicalLetter($0)) -> monitor" } ?? "to the monitor"
    let text =
      if let exit = service.exit {
        "\(exit.cause.name): scause \(exit.cause.rawValue), stval \(hex(exit.value)), sepc \(place(exit.pc)); \(from)"
      } else {
        "an interrupt of the host's, between two instructions of the guest; \(from)"
      }
    return CyclePhase(name: "trap entry", text: text, cycles: price, layer: "hardware", start: start)
  }

  /// One phase of the service at hand; at the last one the guest is entered. The trap comes first, where nobody has seen it.
  func servicePhase(
    _ cpu: VirtualCPU, _ service: VirtualCPU.Service
  ) throws(DebuggerError) -> (phases: [CyclePhase], stop: Stop?) {
    noteExit()
    if service.done == nil, service.phase == .save, exitTally?.isTrapTold == false {
      return ([trap(cpu, service, start: 0)], nil)
    }
    let start = cycleStep?.cycles ?? cpu.ledger.clock &- service.start
    let before = cpu.ledger
    let telling = PhaseTelling(self, cpu, service)
    cpu.stopsAtPhases = true
    defer { cpu.stopsAtPhases = false }
    let stop = try stepInstruction()
    let charged = cpu.ledger.since(before)
    cycleStep = CycleStep(phases: [], cycles: start &+ charged.clock)
    // Between two phases the monitor may find more to do than what came next.
    let ran = cpu.service?.done ?? .restore
    var rows = telling.rows(of: ran, cycles: charged.clock)
    rows[rows.count - 1].text += charges(charged)
    var place = start
    for index in rows.indices {
      (rows[index].layer, rows[index].start) = ("monitor", place)
      place &+= rows[index].cycles ?? 0
    }
    guard ran == .restore else { return (rows, stop.reason == .done ? nil : stop) }
    let price = virtualMachine.costs[.trapReturn]
    rows.append(
      CyclePhase(
        name: "sret",
        text: "monitor -> physical \(Self.physicalLetter(cpu.physicalMode)), pc \(self.place(cpu.hart.pc))",
        cycles: price, layer: "hardware", start: place))
    cycleStep = nil
    return (rows, stop)
  }

  /// What the cycles of a phase were charged for, where it was more than one thing.
  private func charges(_ ledger: Ledger) -> String {
    let entries = ledger.entries.filter { $0.amount.cycles > 0 }
    guard entries.count > 1 else { return "" }
    let parts = entries.map { entry in
      "\(entry.action.name) \(entry.amount.count > 1 ? "\(entry.amount.count) x " : "")"
        + "\(entry.amount.cycles / entry.amount.count)"
    }
    return "  [\(parts.joined(separator: ", "))]"
  }
}
