import Hypervisor
import Machine
import RISCV

// What the physical hart's own translation of an access reads, told before it happens.
extension Session {
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
    return phases + [CyclePhase(name: name, text: "\(trap.cause.name): it will exit", exits: true)]
  }

  /// The references of the physical hart through the shadow tables, one phase each, then the access itself.
  func shadowTranslation(
    _ report: WalkReport, _ address: UInt64, _ access: AccessKind, _ name: String, _ width: Int
  ) -> [CyclePhase] {
    guard let path = virtualMachine.shadowPath(to: address, hart: selectedHart), let physical = physicalHart else {
      return [CyclePhase(name: name, text: "no shadow for this context yet: the monitor makes one", exits: true)]
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
        CyclePhase(
          name: name, text: "the shadow tables grant no \(access) of \(hex(address)): it will exit", exits: true))
    }
    return phases
  }
}
