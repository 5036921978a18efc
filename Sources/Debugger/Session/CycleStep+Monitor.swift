import Hypervisor
import Machine
import RISCV

// Under a monitor: the trap of an exit, the phases of its service, and the entry.
extension Session {
  /// What one reference of a walk costs: hardware's, or the emulator's.
  var referencePrice: UInt64 {
    virtualMachine.costs[technique == .emulation ? .walkReference : .pageTableReference]
  }

  /// The trap by which the instruction just tried left the guest; nil where it did not.
  func trapEntry(_ start: UInt64, _ cycles: UInt64) -> CyclePhase? {
    guard let cpu = virtualCPU, let exit = cpu.service?.exit, cpu.service?.phase == .save else { return nil }
    let ran = cycles &- min(start, cycles)
    cycleStep = CycleStep(phases: [], cycles: cycles)
    return CyclePhase(
      name: "trap entry",
      text: "\(exit.cause.name): scause \(exit.cause.rawValue), stval \(hex(exit.value)), sepc \(place(exit.pc)); "
        + "to the monitor",
      cycles: ran, layer: "hardware", start: start)
  }

  /// One phase of the service at hand; at the last one the guest is entered.
  func servicePhase(
    _ cpu: VirtualCPU, _ service: VirtualCPU.Service
  ) throws(DebuggerError) -> (phases: [CyclePhase], stop: Stop?) {
    let start = cycleStep?.cycles ?? 0
    let before = cpu.ledger.clock
    let changes = watchState(of: cpu.hart)
    let pc = cpu.hart.pc
    let instruction = (try? self.instruction(at: SpacedAddress(pc)).text) ?? ""
    cpu.stopsAtPhases = true
    defer { cpu.stopsAtPhases = false }
    let stop = try stepInstruction()
    let cycles = cpu.ledger.clock &- before
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
    case .restore: return (entry(phase, cpu, service, changes()), stop)
    }
    return ([phase], result)
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
    _ restore: CyclePhase, _ cpu: VirtualCPU, _ service: VirtualCPU.Service, _ changes: [String]
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
