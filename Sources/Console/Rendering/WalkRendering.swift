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

  /// The whole walk: line by line for one stage, as a grid for two.
  static func lines(_ report: WalkReport, _ address: UInt64, _ access: AccessKind) -> [String] {
    if let guestStage = report.guestStage, guestStage.scheme != .bare {
      return TwoStageWalk(report: report, address: address, access: access, hgatp: guestStage.hgatp).lines
    }
    var lines = [header(report)]
    let width = report.references.map { "[\($0.index)]".count }.max() ?? 0
    for reference in report.references { lines.append("  " + line(reference, report, indexWidth: width)) }
    return lines + [ending(report, access, space: "gpa")]
  }

  /// The references with these numbers, counted from 1.
  static func expanded(_ report: WalkReport, _ numbers: ClosedRange<Int>, _ access: AccessKind) -> [String] {
    let isTwoStage = report.guestStage != nil
    var lines = report.references.indices.filter { numbers.contains($0 + 1) }.map { position in
      let reference = report.references[position]
      let stage = isTwoStage ? (reference.stage == .guest ? "G " : "VS ").padded(3) : ""
      let spaces = reference.stage == .guest || !isTwoStage ? nil : "gpa"
      let number = String(position + 1)
      return String(repeating: " ", count: max(0, 3 - number.count)) + number + "  " + stage
        + line(reference, report, indexWidth: 6, space: isTwoStage ? "hpa" : "gpa", targetSpace: spaces)
    }
    if case .failure(let trap) = report.result, numbers.contains(report.references.count) {
      let name = "\(trap.cause.name) (\(trap.cause.rawValue))"
      lines.append("     FAILS: \(report.failure ?? "the \(access) is refused"): \(name)")
      lines += TwoStageWalk.guestPageFault(trap, report).map { "     \($0)" }
    }
    return lines
  }

  /// One reference: level, index, where the entry lies, what it holds, where it leads.
  static func line(
    _ reference: WalkReport.Reference, _ report: WalkReport, indexWidth: Int, space: String = "gpa",
    targetSpace: String? = nil
  ) -> String {
    let entryPlace = "\(space):\(hex(reference.entryAddress.value))"
    let text =
      "level \(reference.level) \("[\(reference.index)]".padded(indexWidth))  \(entryPlace)  \(hex16(reference.entry))"
      + "  \(bits(reference.entry))   \(target(reference, report, space: targetSpace ?? space))"
    return text.trimmedEnd
  }

  private static func target(_ reference: WalkReport.Reference, _ report: WalkReport, space: String) -> String {
    guard reference.entry & 1 == 1 else { return "" }
    let place = "\(space):\(hex(reference.target.value))"
    guard reference.isLeaf else { return "-> table \(place)" }
    let isLast = reference.entryAddress == report.references.last?.entryAddress && report.guestStage == nil
    return "-> page  \(place)\(sizeText(report.pageSize, isLast))"
  }

  private static func header(_ report: WalkReport) -> String {
    let register = report.guestStage == nil ? "satp" : "vsatp"
    if report.scheme == .bare {
      let reason = report.mode == .machine ? "M-mode" : "\(register) \(hex(report.satp))"
      return "\(reason)  Bare: no translation, a guest-virtual address is the guest-physical one"
    }
    return "\(register) \(hex16(report.satp))  \(report.scheme.name), ASID \(report.asid), "
      + "root gpa:\(hex(report.root.value))" + (report.mode.level == 0 ? "  (as \(report.mode.letter))" : "")
  }

  /// Where the byte lies, or why not, and the count of references.
  static func ending(_ report: WalkReport, _ access: AccessKind, space: String) -> String {
    let count = "\(report.references.count) reference\(report.references.count == 1 ? "" : "s")."
    switch report.result {
    case .success(let physical): return "\(verb(access)) \(space):\(hex(physical.value)). \(count)"
    case .failure(let trap):
      let place = report.references.last.map { " at level \($0.level)" } ?? ""
      let name = trap.cause.name.prefix(1).uppercased() + trap.cause.name.dropFirst()
      let register = (report.handler ?? .supervisor).trapRegisters.value
      return
        "FAILS\(place): \(report.failure ?? "the access is refused"). \(name), \(register) \(hex(trap.value)). \(count)"
    }
  }

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
