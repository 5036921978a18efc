import Debugger
import Hypervisor
import RISCV

/// What `info walk` adds under a monitor: the walk that the physical hart does in place of the guest's.
enum PhysicalWalkRendering {
  static func lines(_ address: UInt64, _ access: AccessKind, _ session: Session) -> [String] {
    switch session.technique.paging {
    case .shadow: shadow(address, access, session)
    case .nested: nested(address, access, session)
    case nil: []
    }
  }

  /// The two stages of the physical hart, whose own registers hold the guest's `vsatp` and the monitor's `hgatp` while it runs.
  private static func nested(_ address: UInt64, _ access: AccessKind, _ session: Session) -> [String] {
    guard let (report, mode) = session.nestedWalk(address, access) else {
      return ["Below it, the physical hart has not been in the guest yet: it will walk in two stages there."]
    }
    let price = session.virtualMachine.costs[.pageTableReference]
    let count = UInt64(report.references.count)
    return ["Below it, the physical hart walks in two stages, in \(mode.letter):"]
      + WalkRendering.lines(report, address, access)
      + [
        "\(count) reference\(count == 1 ? "" : "s") x \(price) = \(grouped(count &* price)) cycles with nothing cached."
      ]
  }

  /// The entries of a monitor's table, a line each.
  static func table(_ entries: [HostTableEntry]) -> [String] {
    let width = entries.map { "[\($0.index)]".count }.max() ?? 0
    return entries.map { entry in
      let target =
        entry.value == 0 ? "" : entry.isLeaf ? "-> page  hpa:\(hex(entry.target))" : "-> table hpa:\(hex(entry.target))"
      return
        "  level \(entry.level) \("[\(entry.index)]".padded(width))  hpa:\(hex(entry.address))  \(hex16(entry.value))  "
        + "\(WalkRendering.bits(entry.value))   \(target)".trimmedEnd
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
    lines += table(path.entries)
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
