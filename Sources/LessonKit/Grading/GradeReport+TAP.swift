extension GradeReport {
  /// The report in the Test Anything Protocol, version 14: a subtest for each hand-in.
  package var tap: String {
    var lines = ["TAP version 14", "1..\(results.count)"]
    for (index, result) in results.enumerated() {
      // The line after a subtest must have its name as description.
      let name = Self.tapWords(result.handIn)
      lines.append("# Subtest: \(name)")
      lines += result.tapLines.map { "    " + $0 }
      lines.append("\(result.isFull ? "ok" : "not ok") \(index + 1) - \(name)")
      lines += ["  ---", "  student: \(Self.tapText(result.name))", "  status: \(result.status.rawValue)"]
      if let score = result.score { lines.append("  score: \(score)") }
      lines.append("  ...")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Words of a description: `#` begins a directive.
  fileprivate static func tapWords(_ text: String) -> String {
    var result = ""
    for unit in text.unicodeScalars {
      switch unit {
      case "#", "\\": result += "\\\(unit)"
      case "\u{0}"..."\u{1f}", "\u{7f}": result += " "
      default: result.unicodeScalars.append(unit)
      }
    }
    return result
  }

  /// A text of YAML, in double quotes.
  fileprivate static func tapText(_ text: String) -> String {
    var result = "\""
    for unit in text.unicodeScalars {
      switch unit {
      case "\"", "\\": result += "\\\(unit)"
      case "\n": result += "\\n"
      case "\u{0}"..."\u{1f}", "\u{7f}": result += " "
      default: result.unicodeScalars.append(unit)
      }
    }
    return result + "\""
  }
}

extension GradeResult {
  fileprivate var tapLines: [String] {
    guard status == .graded else {
      return ["1..1", "not ok 1 - hand-in"] + message(reason ?? "it has no grade")
    }
    let early = reason == nil ? [] : ["not ok \(checks.count + 1) - hand-in"] + message(reason ?? "")
    return ["1..\(checks.count + (reason == nil ? 0 : 1))"]
      + zip(checks, worths).enumerated().flatMap { index, pair in
        let (check, worth) = pair
        let line =
          "\(check.isReached ? "ok" : "not ok") \(index + 1) - \(GradeReport.tapWords("\(check.id): \(check.says)"))"
        return [line] + (check.isReached ? [] : message(check.why, lost: worth))
      } + early
  }

  private func message(_ text: String, lost: Int? = nil) -> [String] {
    ["  ---", "  message: \(GradeReport.tapText(text))"]
      + (lost.map { ["  lost: \(Self.points($0))"] } ?? []) + ["  ..."]
  }
}
