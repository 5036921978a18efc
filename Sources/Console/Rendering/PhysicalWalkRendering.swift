import Debugger
import Hypervisor
import RISCV

/// What `info walk` adds under a monitor: the walk that the physical hart does in place of the guest's.
enum PhysicalWalkRendering {
  static func lines(_ address: UInt64, _ access: AccessKind, _ session: Session) -> [String] {
    switch session.technique.paging {
    case .shadow: shadow(address, access, session)
    case .nested, nil: []
    }
  }

  private static func shadow(_ address: UInt64, _ access: AccessKind, _ session: Session) -> [String] {
    let title = "Below it, the physical hart walks the monitor's shadow tables:"
    guard let path = session.virtualMachine.shadowPath(to: address, hart: session.selectedHart) else {
      return [title, "  none for this context yet: the first access faults, and the monitor makes them"]
    }
    var lines = [
      "\(title) root hpa:\(hex(path.root.hostRoot)), ASID \(path.root.asid), for the guest's "
        + ShadowRendering.role(path.root.regime)
    ]
    let width = path.entries.map { "[\($0.index)]".count }.max() ?? 0
    for entry in path.entries {
      let target =
        entry.value == 0 ? "" : entry.isLeaf ? "-> page  hpa:\(hex(entry.target))" : "-> table hpa:\(hex(entry.target))"
      lines.append(
        "  level \(entry.level) \("[\(entry.index)]".padded(width))  hpa:\(hex(entry.address))  \(hex16(entry.value))  "
          + "\(WalkRendering.bits(entry.value))   \(target)".trimmedEnd)
    }
    let count = path.entries.count
    let references = "\(count) reference\(count == 1 ? "" : "s")."
    guard let last = path.entries.last else { return lines }
    if !last.isLeaf {
      lines.append(
        "EXITS at level \(last.level): nothing is there yet; the monitor looks into the guest's tables. \(references)")
    } else if last.value >> 1 & UInt64(access.rightBit) == 0 {
      lines.append(
        "EXITS at level \(last.level): the entry does not grant a \(access); `info shadow` says why. \(references)")
    } else {
      lines.append("Leads to hpa:\(hex(last.target | address & 0xfff)). \(references)")
    }
    return lines
  }
}
