import Foundation

/// The grade of one hand-in.
package struct GradeResult: Codable, Equatable, Sendable {
  package enum Status: String, Codable, Sendable {
    /// Replayed; the points are what the checks say.
    case graded
    /// No grade: somebody has to look.
    case review
    /// It reached a limit before it could be graded whole; no points.
    case failed
  }

  package static let format = "vitrine-grade 1"

  package var format = Self.format
  /// Digest of all that the result follows from. With the same key nothing needs to be graded again.
  package var key = ""
  package var lesson: GradedLesson
  /// Name of the hand-in's file, without its folder.
  package var handIn: String
  /// Nil where the file could not be read.
  package var student: String?
  /// The seed that the file claims, where it is not the student's.
  package var wrongSeed: String?
  package var status: Status
  /// Why it is for review, or failed, or the replay ended early.
  package var reason: String?
  package var checks: [CheckOutcome] = []
  package var limits: GradingLimits
  /// Real seconds that grading took.
  package var seconds = 0.0

  package init(
    lesson: GradedLesson, handIn: String, student: String? = nil, status: Status, reason: String? = nil,
    checks: [CheckOutcome] = [], limits: GradingLimits
  ) {
    (self.lesson, self.handIn, self.student) = (lesson, handIn, student)
    (self.status, self.reason, self.checks, self.limits) = (status, reason, checks, limits)
  }

  /// The student, or what stands before the dot of the file's name.
  package var name: String { student ?? String(handIn.prefix { $0 != "." }).shortened }

  /// What each check is worth when all together are worth 100 points, in hundredths. They add up to 10,000 exactly.
  package var worths: [Int] {
    let total = checks.reduce(0) { $0 + $1.points }
    guard total > 0 else { return checks.map { _ in 0 } }
    var sum = 0
    return checks.map { check in
      let before = sum * 10_000 / total
      sum += check.points
      return sum * 10_000 / total - before
    }
  }

  /// Hundredths of a point out of 10,000; nil while somebody has to look.
  package var hundredths: Int? {
    switch status {
    case .review: nil
    case .failed: 0
    case .graded:
      if checks.allSatisfy({ $0.isReached || $0.points == 0 }) {
        10_000
      } else {
        zip(checks, worths).reduce(0) { $0 + ($1.0.isReached ? $1.1 : 0) }
      }
    }
  }

  /// Whole points out of 100; 100 only where nothing was lost.
  package var score: Int? { hundredths.map { $0 == 10_000 ? 100 : min(99, ($0 + 50) / 100) } }
  package var isFull: Bool { hundredths == 10_000 }
}

extension GradeResult {
  /// Grades one hand-in that was read from `bytes`.
  package init(
    grading bytes: [UInt8], file: String, with replayer: any HandInReplayer, tool: String, limits: GradingLimits
  ) {
    let lesson = replayer.lesson
    self.init(lesson: lesson, handIn: file, status: .review, limits: limits)
    let handIn: HandIn
    do { handIn = try HandIn(reading: bytes) } catch {
      reason = "\(error)"
      return
    }
    student = handIn.student
    if let objection = Self.objection(to: handIn, with: replayer, tool: tool) {
      wrongSeed = handIn.lesson == lesson.id ? handIn.wrongSeed : nil
      reason = objection
      return
    }
    do {
      let outcome = try replayer.replay(handIn, limits: limits)
      status = .graded
      (checks, reason) = (outcome.checks, outcome.trouble)
    } catch { reason = "it cannot be replayed: \(error)" }
  }

  /// Why a hand-in cannot be replayed to what the student saw.
  private static func objection(to handIn: HandIn, with replayer: any HandInReplayer, tool: String) -> String? {
    let lesson = replayer.lesson
    guard handIn.lesson == lesson.id else { return "it is of lesson \(handIn.lesson.shortened), not of \(lesson.id)" }
    if let seed = handIn.wrongSeed { return GradeReport.seedReason(seed, student: handIn.student, owner: nil) }
    guard handIn.tool == tool else {
      return "it was made with vitrine \(handIn.tool.shortened), and this is \(tool): grade it with that version"
    }
    guard handIn.lessonDigest == lesson.digest else {
      return
        "it was made with another edition of \(lesson.id) (\(handIn.lessonDigest.shortened), here \(lesson.digest)): "
        + "grade it with the lesson that was handed out"
    }
    for (name, digest) in handIn.guests.sorted(by: { $0.key < $1.key }) {
      guard let here = replayer.guestDigest(name) else { return "it ran a guest that is not here: \(name.shortened)" }
      guard here == digest else {
        return "its guest \(name) was another build (\(digest.shortened), here \(here)): grade it with those guests"
      }
    }
    return nil
  }
}

extension GradeResult {
  /// As one process tells it another.
  package var json: [UInt8] { (try? JSONEncoder().encode(self)).map { Array($0) } ?? [] }

  package init?(json: [UInt8]) {
    guard let result = try? JSONDecoder().decode(GradeResult.self, from: Data(json)), result.format == Self.format
    else {
      return nil
    }
    self = result
  }
}
