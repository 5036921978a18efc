import LessonKit

/// Writes the report: to standard output in one form, and as files beside the results.
struct ReportWriter {
  let options: ReportOptions
  let roster: Roster?

  /// Whether all have full marks.
  func write(_ results: [GradeResult], lesson: GradedLesson, limits: GradingLimits, shard: Shard?) throws -> Bool {
    let report = GradeReport(results, lesson: lesson, limits: limits, roster: shard == nil ? roster : nil)
    let folder = try ResultFolder(making: options.output)
    let isPart = (shard?.count ?? 1) > 1
    var wrote = [folder.path(of: "*.json") + " (Gradescope)"]
    if !isPart {
      try folder.write("junit.xml", report.junit)
      wrote.append("junit.xml")
    }
    let forms = report.results.map(Gradescope.init)
    if options.format == .gradescope, forms.count == 1 {
      try folder.write("results.json", forms[0].json)
      wrote.append("results.json")
    }
    let lines = report.lines(wrote: wrote)
    let text =
      switch options.format {
      case .text: lines.joined(separator: "\n") + "\n"
      case .gradescope: forms.count == 1 ? forms[0].json : Gradescope.json(forms)
      case .junit: report.junit
      case .tap: report.tap
      }
    Terminal.write(Array(text.utf8), to: 1)
    if options.format != .text, let summary = lines.last(where: { $0.contains(" hand-in") }) {
      Terminal.write(Array("vitrine: \(summary)\n".utf8), to: 2)
    }
    if isPart, let shard {
      Terminal.write(
        Array(
          "vitrine: this is part \(shard.text); `vitrine grade merge \(options.output)` makes the whole report\n".utf8),
        to: 2)
    }
    return report.isFull
  }
}
