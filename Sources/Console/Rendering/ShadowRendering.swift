import Debugger
import Hypervisor
import RISCV

/// The text of `info shadow ADDRESS`: the guest's walk and the physical hart's, side by side.
struct ShadowRendering {
  let address: UInt64
  let session: Session
  /// The guest's own walk for a load, or for a fetch where no load may.
  private let walk: WalkReport
  private let path: (root: ShadowReport.Root, entries: [HostTableEntry])?

  init(_ address: UInt64, _ session: Session) {
    self.address = address
    self.session = session
    let load = session.hart.walk(GuestVirtualAddress(address), .load)
    if case .failure = load.result, case let fetch = session.hart.walk(GuestVirtualAddress(address), .fetch),
      case .success = fetch.result
    {
      walk = fetch
    } else {
      walk = load
    }
    path = session.virtualMachine.shadowPath(to: address, hart: session.selectedHart)
  }

  /// The guest's mode, and the flags that its entries were made for.
  static func role(_ regime: TranslationRegime) -> String {
    var text = regime.mode.letter
    if regime.allowsUserPages { text += " SUM" }
    if regime.readsExecutable { text += " MXR" }
    return text
  }

  var lines: [String] {
    let root = walk.isPaged ? "guest table (root gpa:\(hex(walk.root.value)))" : "guest: Bare, no tables"
    guard let path else {
      return [root] + guestLines + [
        "There is no shadow for this context yet: the first access makes one, by a fault hidden from the guest."
      ]
    }
    let shadow =
      "shadow for \(Self.role(path.root.regime)) (root hpa:\(hex(path.root.hostRoot)), ASID \(path.root.asid))"
    let rows = rows(path.entries) + after
    let first = rows.map(\.0.count).max() ?? 0
    let second = max(root.count, rows.map(\.1.count).max() ?? 0)
    var lines = ["\(String(repeating: " ", count: first + 4))\(root.padded(second + 3))\(shadow)"]
    for row in rows { lines.append("  \(row.0.padded(first + 2))\(row.1.padded(second + 3))\(row.2)".trimmedEnd) }
    return lines + reasons(path.entries)
  }

  private var guestLines: [String] {
    walk.references.map { "  level \($0.level) [\($0.index)]  \(guest($0))" }
  }

  /// Level by level, the root first: where a large leaf of the guest's was splintered, or the guest has no tables, one side has
  /// rows that the other lacks.
  private func rows(_ entries: [HostTableEntry]) -> [(String, String, String)] {
    let references = walk.references.filter { $0.stage == .first }
    let levels = Set(references.map(\.level) + entries.map(\.level)).sorted(by: >)
    return levels.map { level in
      let reference = references.last { $0.level == level }
      let entry = entries.last { $0.level == level }
      let index = reference?.index ?? entry?.index ?? 0
      return ("level \(level) [\(index)]", reference.map(guest) ?? "", entry.map(shadow) ?? "")
    }
  }

  /// The service of a fault on this page, while it goes on.
  private var service: VirtualCPU.Service? {
    session.virtualCPU?.service.flatMap { service in
      service.exit.flatMap { $0.value & ~0xfff == address & ~0xfff && $0.cause.isPageFault ? service : nil }
    }
  }

  /// What a fill has made of the entries that the hart faulted on.
  private var after: [(String, String, String)] {
    guard let filled = service?.filled else { return [] }
    let now = filled.shadow.after
    let guest = filled.guest.map { "gpa:\(hex($0.address))  \(bits($0.after))" } ?? ""
    let frame = (now >> 10 & 0xfff_ffff_ffff) << 12
    return [("after this", guest, "hpa:\(hex(filled.shadow.address))  \(bits(now))  hpa:\(hex(frame))")]
  }

  private func guest(_ reference: WalkReport.Reference) -> String {
    let place = "gpa:\(hex(reference.entryAddress.value))"
    var reference = reference
    if let before = service?.filled?.guest, before.address == reference.entryAddress.value {
      reference.entry = before.before
    }
    if reference.entry & 1 == 0 { return "\(place)  \(hex(reference.entry))  not valid" }
    let target = "gpa:\(hex(reference.target.value))"
    return reference.isLeaf ? "\(place)  \(bits(reference.entry))  \(target)" : "\(place) -> table \(target)"
  }

  private func shadow(_ entry: HostTableEntry) -> String {
    let place = "hpa:\(hex(entry.address))"
    var entry = entry
    var mark = ""
    if let service, entry.value == 0 || entry.isLeaf {
      if let filled = service.filled, filled.shadow.address == entry.address { entry.value = filled.shadow.before }
      mark = service.phase == .restore && service.filled == nil ? "" : "  <- the hart faulted here"
    }
    if entry.value == 0 { return "\(place)  0x0  none\(mark)" }
    guard entry.isLeaf else { return "\(place) -> table hpa:\(hex(entry.target))" }
    return "\(place)  \(bits(entry.value))  hpa:\(hex(entry.target))" + (entry.isSplinter ? " (splinter)" : "") + mark
  }

  private func bits(_ entry: UInt64) -> String { WalkRendering.bits(entry).split(separator: " ").joined() }

  // MARK: Why

  /// Why the shadow is less than the guest's own table.
  private func reasons(_ entries: [HostTableEntry]) -> [String] {
    guard case .success(let physical) = walk.result else {
      return ["The guest's own tables refuse a load: \(walk.failure ?? "no page"). An access faults for the guest."]
    }
    guard let host = session.virtualMachine.host, let last = entries.last else { return [] }
    let page = physical.value & ~0xfff
    guard host.guestMemory.contains(page) else {
      let device = session.machine.board.bus.window(at: physical)?.device.name
      return [
        "No RAM lies there\(device.map { " but the device \($0)" } ?? ""): each access exits, and the virtual board answers."
      ]
    }
    guard let hostPage = host.hostAddress(of: GuestPhysicalAddress(page)) else {
      return [
        "The page itself is gpa:\(hex(page)), which has no host frame yet: its first access faults, and gives it one."
      ]
    }
    var lines: [String] = []
    if !last.isLeaf {
      lines.append(
        "The page itself is gpa:\(hex(page)), at hpa:\(hex(hostPage)); its first access faults, hidden from the guest.")
    } else {
      lines += missing(last.value, page)
    }
    if isTraced(page) {
      lines.append(
        "write-protected: hpa:\(hex(hostPage)) holds a page table of the guest's, so stores to it are traced")
    }
    let tables = walk.references.map { $0.entryAddress.value & ~0xfff }.filter(isTraced)
    if !tables.isEmpty {
      let names = tables.map { "gpa:\(hex($0))" }.joined(separator: " ")
      lines.append("traced: \(names) (the guest's tables on this way; a store there drops what hangs on it)")
    }
    return lines
  }

  private func isTraced(_ page: UInt64) -> Bool { session.virtualMachine.shadowReport?.traced.contains(page) ?? false }

  /// What a leaf of the shadow's does not grant, though the guest's tables do.
  private func missing(_ shadow: UInt64, _ page: UInt64) -> [String] {
    let guest = walk.references.last { $0.stage == .first && $0.isLeaf }?.entry ?? 0xff
    let lost = guest & ~shadow & 0xe
    guard lost != 0 else { return [] }
    let rights = [(UInt64(2), "R"), (4, "W"), (8, "X")].filter { shadow & $0.0 != 0 }.map(\.1).joined()
    if lost & 4 != 0 && walk.isPaged && guest & 0x80 == 0 {
      return [
        "why \(rights) only: the guest's D is clear. Its first store must come back, so that the monitor can set D."
      ]
    }
    if lost & 4 != 0 && isTraced(page) { return [] }
    return ["why \(rights) only: the guest's mode (\(walk.mode.letter)), SUM and MXR, or PMP grant no more here."]
  }
}
