/// The grades of all hand-ins of one lesson, checked against each other and the roster.
package struct GradeReport: Sendable {
  package var lesson: GradedLesson
  package var limits: GradingLimits
  /// In the order of the roster, else of the names.
  package private(set) var results: [GradeResult]
  /// Students of the roster of whom there is nothing.
  package private(set) var missing: [Roster.Student] = []

  package init(_ results: [GradeResult], lesson: GradedLesson, limits: GradingLimits, roster: Roster? = nil) {
    (self.lesson, self.limits) = (lesson, limits)
    let known = Set(roster?.students.map(\.id) ?? results.map(\.name))
    let owners = Dictionary(
      known.map { ("\(LessonSeed(lesson: lesson.id, student: $0))", $0) }, uniquingKeysWith: { first, _ in first })
    let byStudent = Dictionary(grouping: results.filter { $0.student != nil }, by: { $0.student })
    let places = Dictionary(
      (roster?.students ?? []).enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.results = results.map { result in
      var result = result
      func review(_ reason: String) { (result.status, result.reason) = (.review, reason) }
      if let seed = result.wrongSeed {
        result.reason = Self.seedReason(seed, student: result.name, owner: owners[seed], isKnown: roster != nil)
      } else if let student = result.student, roster != nil, places[student] == nil {
        review("\(student) is not on the roster")
      } else if let all = byStudent[result.student], all.count > 1 {
        review(
          "\(result.name) handed in \(all.count) times: \(all.map(\.handIn).sorted().joined(separator: ", ")); keep one"
        )
      }
      return result
    }.sorted {
      (places[$0.name] ?? .max, $0.name, $0.handIn) < (places[$1.name] ?? .max, $1.name, $1.handIn)
    }
    let present = Set(results.map(\.name))
    missing = (roster?.students ?? []).filter { !present.contains($0.id) }
  }

  static func seedReason(_ seed: String, student: String, owner: String?, isKnown: Bool = false) -> String {
    let short = seed.prefix(6) + "..."
    let start =
      owner.map { "seed belongs to \($0) (\(short))" }
      ?? "seed \(short) is " + (isKnown ? "nobody's on the roster" : "not \(student)'s")
    return "\(start): this hand-in was not made with \(student)'s seed"
  }

  package var isFull: Bool { results.allSatisfy(\.isFull) }
  package var graded: [GradeResult] { results.filter { $0.status != .review } }
  /// Of the graded, out of 100; nil where there are none.
  package var mean: Double? {
    let scores = graded.compactMap(\.hundredths)
    return scores.isEmpty ? nil : Double(scores.reduce(0, +)) / 100 / Double(scores.count)
  }
}
