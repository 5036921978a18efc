import Debugger
import RISCV

/// The grid of a two-stage walk: a row for each step of the guest's own walk, with the references of the G-stage that finding
/// its entry took.
struct TwoStageWalk {
  let report: WalkReport
  let address: UInt64
  let access: AccessKind
  let hgatp: UInt64

  private struct Row {
    var step: String
    var needed: String
    var references: String
    var entry: String
  }

  var lines: [String] {
    var rows = [
      Row(
        step: "guest step", needed: "address needed", references: "G-stage references", entry: "then the guest's entry")
    ]
    rows += steps
    let widths = [\Row.step, \Row.needed, \Row.references].map { column in rows.map { $0[keyPath: column].count }.max()!
    }
    var lines = [header]
    for row in rows {
      let text =
        "  \(row.step.padded(widths[0] + 2))\(row.needed.padded(widths[1] + 2))\(row.references.padded(widths[2] + 2))\(row.entry)"
      lines.append(text.trimmedEnd)
    }
    return lines + endings
  }

  private var guestScheme: PagingScheme { report.guestStage?.scheme ?? .bare }

  private var header: String {
    let guest = "vsatp \(hex16(report.satp)) (root gpa:\(hex(report.root.value)))"
    let root = (hgatp & 0xfff_ffff_fffc) << 12
    return "\(report.scheme.name) on \(guestScheme.guestStageName)   \(guest)   "
      + "hgatp \(hex16(hgatp)) (VMID \(hgatp >> 44 & 0x3fff), root hpa:\(hex(root)))"
  }

  /// The rows: each gathers the references of the G-stage up to the guest's next entry.
  private var steps: [Row] {
    var rows: [Row] = []
    var position = 0
    var table = report.root.value
    var level = report.scheme.levels - 1
    var final: UInt64? = report.scheme == .bare ? address : nil
    while final != nil || level >= 0 {
      let index = (address >> UInt64(12 + 9 * max(level, 0))) & 511
      let needed = final ?? table &+ index &* 8
      let start = position
      while position < report.references.count && report.references[position].stage == .guest { position += 1 }
      var row = Row(
        step: final == nil ? "level \(level) [\(index)]" : "the byte itself", needed: "gpa:\(hex(needed))",
        references: numbers(start..<position), entry: "")
      let arrival = place(ofEntryAt: position, isFinal: final != nil)
      row.references += arrival.map { " -> hpa:\(hex($0))" } ?? " FAILS"
      if final == nil, position < report.references.count {
        let reference = report.references[position]
        position += 1
        let kind =
          reference.entry & 1 == 0 ? "" : "\(reference.isLeaf ? "page " : "table") gpa:\(hex(reference.target.value))"
        row.entry =
          "\(numbers(position - 1..<position))  \(hex16(reference.entry))  \(WalkRendering.bits(reference.entry))  \(kind)"
          .trimmedEnd
        table = reference.target.value
        if reference.isLeaf {
          let offsets = (UInt64(1) << UInt64(12 + 9 * reference.level)) - 1
          final = reference.target.value & ~offsets | address & offsets
        }
        rows.append(row)
        if case .failure = report.result, position == report.references.count { return rows }
        level -= 1
        continue
      }
      rows.append(row)
      return rows
    }
    return rows
  }

  /// The host-physical address that the G-stage gave for the guest's entry, or for the byte.
  private func place(ofEntryAt position: Int, isFinal: Bool) -> UInt64? {
    if position < report.references.count { return report.references[position].entryAddress.value }
    guard isFinal, case .success(let physical) = report.result else { return nil }
    return physical.value
  }

  private func numbers(_ range: Range<Int>) -> String {
    range.map { String(repeating: " ", count: $0 + 1 < 10 ? 1 : 0) + String($0 + 1) }.joined(separator: " ")
  }

  private var endings: [String] {
    var lines: [String] = []
    switch report.result {
    case .success:
      let (first, second) = (report.scheme.levels, guestScheme.levels)
      let isFull = report.references.count == (first + 1) * (second + 1) - 1
      let few = "With 2 MiB leaves in the G-stage: \((first + 1) * second - 1). Shadow tables: \(first)."
      lines.append(
        WalkRendering.ending(report, access, space: "hpa")
          + (isFull
            ? " (\(first)+1) x (\(second)+1) - 1, with nothing cached." + (first > 0 ? " \(few)" : "")
            : " Larger pages save the rest."))
    case .failure(let trap):
      lines.append(WalkRendering.ending(report, access, space: "hpa"))
      lines += Self.guestPageFault(trap, report).map { "  \($0)" }
    }
    return lines
  }

  /// What the handler of a guest-page fault is told; nothing of other faults.
  static func guestPageFault(_ trap: Trap, _ report: WalkReport) -> [String] {
    guard trap.cause.isGuestPageFault else { return [] }
    let (value, instruction) = report.handler == .machine ? ("mtval2", "mtinst") : ("htval", "htinst")
    let physical = trap.guestPhysicalAddress
    var text = "\(value) \(hex(physical >> 2)) (= gpa:\(hex(physical)) >> 2)"
    guard trap.instruction != 0 else { return ["\(text). The guest sees nothing of it."] }
    text +=
      ", \(instruction) \(hex(UInt64(trap.instruction))): the fault is on "
      + (trap.instruction == 0x3000 ? "a READ OF A GUEST PAGE TABLE" : "setting A or D in A GUEST PAGE TABLE")
    let wanted = (report.handler ?? .supervisor).trapRegisters.value
    return [
      text,
      "\(wanted) \(hex(trap.value)) is what the guest wanted. It sees nothing of this; "
        + "gpa:\(hex(physical & ~0xfff)) must be mapped.",
    ]
  }
}
