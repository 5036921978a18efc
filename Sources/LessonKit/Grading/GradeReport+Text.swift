import Debugger
import RISCV

extension GradeReport {
  /// The report for a person: a line each, and below it where points were lost. `wrote` names the files beside it.
  package func lines(wrote: [String] = []) -> [String] {
    var lines = [
      "\(lesson.id) \"\(lesson.title)\", 100 points; limits \(limits.text) each; every hand-in replayed"
    ]
    let width = results.map(\.name.count).max() ?? 0
    let indent = String(repeating: " ", count: 2 + width + 3 + 7 + 2)
    for result in results {
      let score = result.score.map { "\($0)/100" } ?? "review"
      var line = "  " + result.name + String(repeating: " ", count: width - result.name.count + 3)
      line += String(repeating: " ", count: max(0, 7 - score.count)) + score
      let notes = result.notes
      if let first = notes.first { line += "  " + first }
      lines.append(line)
      lines += notes.dropFirst().map { indent + $0 }
    }
    if !missing.isEmpty { lines.append("nothing from " + missing.map(\.id).joined(separator: ", ")) }
    lines.append(summary(wrote: wrote))
    if results.count == 1, let result = results.first { lines.append("Score: \(result.score ?? 0)/100") }
    return lines
  }

  private func summary(wrote: [String]) -> String {
    let review = results.count - graded.count
    var text = "\(results.count) hand-in\(results.count == 1 ? "" : "s"), \(graded.count) graded"
    if review > 0 { text += ", \(review) for review" }
    if let mean { text += "; mean " + printfDouble("%.1f", mean) }
    if !wrote.isEmpty { text += "; wrote " + wrote.joined(separator: ", ") }
    return text
  }
}

extension GradeResult {
  /// Why it has not all points: for each lost check the reason.
  package var notes: [String] {
    var notes = reason.map { [$0] } ?? []
    guard status == .graded, hundredths != 0 || reason == nil else { return notes }
    for (index, (check, worth)) in zip(checks, worths).enumerated() where !check.isReached && check.points > 0 {
      notes.append("check \(index + 1) \(check.id) (-\(Self.points(worth))): \(check.why)")
    }
    return notes
  }

  /// `20`, or `7.7` where it is not whole.
  static func points(_ hundredths: Int) -> String {
    hundredths % 100 == 0 ? "\(hundredths / 100)" : printfDouble("%.1f", Double(hundredths) / 100)
  }
}

extension CheckOutcome {
  /// Why it was not reached; what should hold where nothing better is known.
  package var why: String { reason ?? "does not hold: \(says)" }
}

extension GradingLimits {
  package var text: String { "\(grouped(instructions)) instructions, \(seconds) s, \(memory >> 20) MiB" }
}
