import Debugger

extension GradeReport {
  /// The report as JUnit XML: a suite for each hand-in, a case for each check; what is for review is an error.
  package var junit: String {
    var suites = ""
    var (tests, failures, errors) = (0, 0, 0)
    for result in results {
      let cases = result.junitCases(className: "\(lesson.id).\(result.name)")
      tests += cases.count
      failures += cases.count { $0.kind == .failure }
      errors += cases.count { $0.kind == .error }
      suites += "  <testsuite name=\"\(xml(result.name))\" tests=\"\(cases.count)\""
      suites += " failures=\"\(cases.count { $0.kind == .failure })\" errors=\"\(cases.count { $0.kind == .error })\""
      suites += " time=\"\(printfDouble("%.3f", result.seconds))\">\n"
      suites += cases.map(\.text).joined() + "  </testsuite>\n"
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"\(xml(lesson.id))\" tests=\"\(tests)\""
      + " failures=\"\(failures)\" errors=\"\(errors)\">\n\(suites)</testsuites>\n"
  }
}

private struct JUnitCase {
  enum Kind { case passed, failure, error }
  var kind: Kind
  var text: String

  init(className: String, name: String, kind: Kind, message: String?) {
    self.kind = kind
    text = "    <testcase classname=\"\(xml(className))\" name=\"\(xml(name))\""
    guard kind != .passed else {
      text += "/>\n"
      return
    }
    let tag = kind == .error ? "error" : "failure"
    text += ">\n      <\(tag) message=\"\(xml(message ?? ""))\"/>\n    </testcase>\n"
  }
}

extension GradeResult {
  fileprivate func junitCases(className: String) -> [JUnitCase] {
    if status != .graded {
      return [
        JUnitCase(className: className, name: "hand-in", kind: status == .review ? .error : .failure, message: reason)
      ]
    }
    let whole = reason.map { [JUnitCase(className: className, name: "hand-in", kind: .failure, message: $0)] } ?? []
    return whole
      + checks.map {
        JUnitCase(
          className: className, name: "\($0.id): \($0.says)", kind: $0.isReached ? .passed : .failure, message: $0.why)
      }
  }
}

/// Text for an attribute: what XML 1.0 has no form for becomes U+FFFD.
private func xml(_ text: String) -> String {
  var result = ""
  for unit in text.unicodeScalars {
    switch unit {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&apos;"
    case "\t", "\n", "\r": result += "&#\(unit.value);"
    case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
    default: result.unicodeScalars.append(unit)
    }
  }
  return result
}
