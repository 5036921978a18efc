import Debugger
import RISCV

/// The text of `info walk`.
enum WalkRendering {
  /// The bits of a page-table entry in words: `D A G U X W R V`, a dot where one is clear.
  static func bits(_ entry: UInt64) -> String {
    let letters: [Character] = ["V", "R", "W", "X", "U", "G", "A", "D"]
    return letters.indices.reversed().map { entry >> UInt64($0) & 1 == 1 ? String(letters[$0]) : "." }.joined(
      separator: " ")
  }

  static func lines(_ report: WalkReport, _ address: UInt64, _ access: AccessKind) -> [String] {
    var lines: [String] = []
    if report.scheme == .bare {
      let reason = report.mode == .machine ? "M-mode" : "satp \(hex(report.satp))"
      lines.append("\(reason)  Bare: no translation, a guest-virtual address is the guest-physical one")
    } else {
      lines.append(
        "satp \(hex16(report.satp))  \(report.scheme.name), ASID \(report.asid), root gpa:\(hex(report.root.value))"
          + (report.mode == .user ? "  (as U)" : ""))
    }
    let width = report.references.map { "[\($0.index)]".count }.max() ?? 0
    for (position, reference) in report.references.enumerated() {
      let isLast = position == report.references.count - 1
      let isValid = reference.entry & 1 == 1
      var target = "-> table gpa:\(hex(reference.target.value))"
      if reference.isLeaf {
        target = "-> page  gpa:\(hex(reference.target.value))\(sizeText(report.pageSize, isLast))"
      }
      if !isValid { target = "" }
      let line =
        "  level \(reference.level) \("[\(reference.index)]".padded(width))  gpa:\(hex(reference.entryAddress.value))"
        + "  \(hex16(reference.entry))  \(bits(reference.entry))   \(target)"
      lines.append(line.trimmedEnd)
    }
    let count = "\(report.references.count) reference\(report.references.count == 1 ? "" : "s")."
    switch report.result {
    case .success(let physical):
      lines.append("\(verb(access)) gpa:\(hex(physical.value)). \(count)")
    case .failure(let trap):
      let place = report.references.last.map { " at level \($0.level)" } ?? ""
      let name = trap.cause.name.prefix(1).uppercased() + trap.cause.name.dropFirst()
      lines.append(
        "FAILS\(place): \(report.failure ?? "the access is refused"). \(name), \(tval(report)) \(hex(trap.value)). \(count)"
      )
    }
    return lines
  }

  private static func tval(_ report: WalkReport) -> String { report.mode == .machine ? "mtval" : "stval" }
  private static func verb(_ access: AccessKind) -> String {
    switch access {
    case .load: "Loads from"
    case .store: "Stores to"
    case .fetch: "Fetches from"
    }
  }
  private static func sizeText(_ size: UInt64, _ isLast: Bool) -> String {
    guard isLast, size > 4096 else { return "" }
    return size >= 1 << 30 ? " (\(size >> 30) GiB)" : size >= 1 << 20 ? " (\(size >> 20) MiB)" : " (\(size >> 10) KiB)"
  }
}
