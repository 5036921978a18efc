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
    guard let cpu = virtualCPU, let service = cpu.service, let exit = service.exit, service.phase == .save else {
      return []
    }
    var phases: [CyclePhase] = []
    let price = cpu.ledger.clock &- service.start
    let before = service.start &- cycleStart
    if before > told {
      let text = "what the instruction did before it trapped: references of its walks"
      phases.append(CyclePhase(name: "execute", text: text, cycles: before &- told, layer: "hardware", start: told))
    }
    let start = max(before, told)
    phases.append(
      CyclePhase(
        name: "trap entry",
        text: "\(exit.cause.name): scause \(exit.cause.rawValue), stval \(hex(exit.value)), sepc \(place(exit.pc)); "
          + "to the monitor",
        cycles: price, layer: "hardware", start: start))
    cycleStep = CycleStep(phases: [], cycles: start &+ price)
    return phases
  }

  /// One phase of the service at hand; at the last one the guest is entered.
  func servicePhase(
    _ cpu: VirtualCPU, _ service: VirtualCPU.Service
  ) throws(DebuggerError) -> (phases: [CyclePhase], stop: Stop?) {
    let start = cycleStep?.cycles ?? 0
    let before = cpu.ledger
    let changes = watchState(of: cpu.hart)
    let pc = cpu.hart.pc
    let instruction = (try? self.instruction(at: SpacedAddress(pc)).text) ?? ""
    cpu.stopsAtPhases = true
    defer { cpu.stopsAtPhases = false }
    let stop = try stepInstruction()
    let charged = cpu.ledger.since(before)
    let cycles = charged.clock
    var phase = CyclePhase(name: "\(service.phase)", text: "", cycles: cycles, layer: "monitor", start: start)
    cycleStep = CycleStep(phases: [], cycles: start &+ cycles)
    let result = stop.reason == .done ? nil : stop
    switch service.phase {
    case .save: phase.text = "31 registers to vcpu \(cpu.hart.index)"
    case .decode: phase.text = "\(instruction): \(cpu.service?.reason.name ?? "")"
    case .fill: phase.text = fillText(cpu, service)
    case .emulate:
      let reason = cpu.service?.reason.name ?? ""
      var writes = changes()
      if cpu.hart.pc != pc { writes.append("pc -> \(place(cpu.hart.pc))") }
      phase.text = "the virtual hart does it (\(reason)): \(writes.joined(separator: ", "))"
    case .restore:
      var phases = entry(phase, cpu, changes())
      phases[0].text += charges(charged)
      return (phases, stop)
    }
    phase.text += charges(charged)
    return ([phase], result)
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

  private func fillText(_ cpu: VirtualCPU, _ service: VirtualCPU.Service) -> String {
    let address = service.exit?.value ?? 0
    guard let after = cpu.service, after.phase == .restore else {
      return "gva:\(hex(address)) is for the virtual hart: \(cpu.service?.reason.name ?? "")"
    }
    guard let leaf = virtualMachine.shadowPath(to: address, hart: cpu.hart.index)?.entries.last, leaf.isLeaf else {
      return after.reason.name
    }
    return
      "\(after.reason.name): shadow entry at hpa:\(hex(leaf.address)) is \(hex(leaf.value)) now, -> hpa:\(hex(leaf.target))"
  }

  /// The registers go back and `sret` enters the guest; or the monitor finds more to do first.
  private func entry(
    _ restore: CyclePhase, _ cpu: VirtualCPU, _ changes: [String]
  ) -> [CyclePhase] {
    var phase = restore
    guard cpu.service == nil else {
      phase.name = "more work"
      phase.text =
        "the monitor stays: \(cpu.service?.reason == .interrupt ? "an interrupt is delivered" : "it steps on"); "
        + changes.joined(separator: ", ")
      return [phase]
    }
    phase.text = "31 registers"
    let price = virtualMachine.costs[.trapReturn]
    let last = CyclePhase(
      name: "sret",
      text: "the monitor enters physical \(Self.physicalLetter(cpu.physicalMode)), pc \(place(cpu.hart.pc))",
      cycles: price, layer: "hardware", start: phase.start &+ (phase.cycles ?? 0))
    cycleStep = nil
    return [phase, last]
  }

  /// The references of the physical hart in two stages, then the access itself.
  func nestedTranslation(
    _ report: WalkReport, _ address: UInt64, _ access: AccessKind, _ name: String, _ width: Int
  ) -> [CyclePhase] {
    guard let cpu = virtualCPU, let physical = physicalHart, cpu.physicalMode != .supervisor else {
      return [arrival(report, address, access, name, width)]
    }
    let walk = physical.walk(GuestVirtualAddress(address), access, in: cpu.physicalMode)
    let isCached = physical.tlbEntries.contains {
      $0.holdsFetches == (access == .fetch) && $0.virtualPage.value == address & ~0xfff && $0.mode == walk.mode
        && $0.satp == walk.satp && $0.hgatp == walk.guestStage?.hgatp
    }
    if isCached {
      let text = "the physical hart's TLB holds the page of \(hex(address)): no reference"
      return [CyclePhase(name: name, text: text), arrival(report, address, access, name, width)]
    }
    let count = walk.references.count
    var phases: [CyclePhase] = []
    if count > 0 {
      phases.append(
        CyclePhase(
          name: name, text: "\(count) page-table references of two stages; `info walk` shows them",
          cycles: UInt64(count) &* referencePrice, layer: "hardware"))
    }
    guard case .failure(let trap) = walk.result, case .success = report.result else {
      return phases + [arrival(report, address, access, name, width)]
    }
    return phases + [CyclePhase(name: name, text: "\(trap.cause.name): it will exit")]
  }

  /// The references of the physical hart through the shadow tables, one phase each, then the access itself.
  func shadowTranslation(
    _ report: WalkReport, _ address: UInt64, _ access: AccessKind, _ name: String, _ width: Int
  ) -> [CyclePhase] {
    guard let path = virtualMachine.shadowPath(to: address, hart: selectedHart), let physical = physicalHart else {
      return [CyclePhase(name: name, text: "no shadow for this context yet: the monitor makes one")]
    }
    let isCached = physical.tlbEntries.contains {
      $0.holdsFetches == (access == .fetch) && $0.virtualPage.value == address & ~0xfff
        && $0.satp & 0xfff_ffff_ffff == path.root.hostRoot >> 12
    }
    if isCached {
      let text = "the physical hart's TLB holds the page of \(hex(address)): no reference"
      return [CyclePhase(name: name, text: text), arrival(report, address, access, name, width)]
    }
    var phases = path.entries.map { entry in
      CyclePhase(
        name: name,
        text: "shadow-table reference: level \(entry.level) [\(entry.index)], hpa:\(hex(entry.address)) holds "
          + hex16(entry.value), cycles: referencePrice, layer: "hardware")
    }
    if let last = path.entries.last, last.isLeaf, last.value >> 1 & UInt64(access.rightBit) != 0 {
      phases.append(arrival(report, address, access, name, width))
    } else {
      phases.append(
        CyclePhase(name: name, text: "the shadow tables grant no \(access) of \(hex(address)): it will exit"))
    }
    return phases
  }
}
