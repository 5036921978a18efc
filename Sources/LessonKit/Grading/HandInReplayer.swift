/// What became of one check or quiz.
package struct CheckOutcome: Codable, Equatable, Sendable {
  /// Unique in the lesson.
  package var id: String
  /// What holds when it is reached, in a sentence.
  package var says: String
  /// Number of the heading that it belongs to, from 1.
  package var step: Int
  package var points: Int
  package var isReached: Bool
  /// Why it was not reached, found by running again.
  package var reason: String?
  /// It is the instructor's alone; the student's lesson does not have it.
  package var isHidden: Bool

  package init(
    id: String, says: String, step: Int, points: Int, isReached: Bool, reason: String? = nil, isHidden: Bool = false
  ) {
    (self.id, self.says, self.step, self.points) = (id, says, step, points)
    (self.isReached, self.reason, self.isHidden) = (isReached, reason, isHidden)
  }
}

/// How much one hand-in may use.
package struct GradingLimits: Codable, Equatable, Sendable {
  /// Instructions that all its commands and checks retire together.
  package var instructions: UInt64
  /// Seconds of CPU time.
  package var seconds: Int
  /// Bytes of memory that the replay takes beyond what the tool has at its start.
  package var memory: UInt64

  package static let standard = GradingLimits(instructions: 50_000_000, seconds: 20, memory: 512 << 20)

  package init(instructions: UInt64, seconds: Int, memory: UInt64) {
    (self.instructions, self.seconds, self.memory) = (instructions, seconds, memory)
  }
}

/// What a replay found.
package struct ReplayOutcome: Equatable, Sendable {
  /// Every check and quiz of the lesson, in its order, hidden ones included.
  package var checks: [CheckOutcome]
  /// Why the log was not replayed to its end, such as a limit that was reached.
  package var trouble: String?

  package init(checks: [CheckOutcome], trouble: String? = nil) { (self.checks, self.trouble) = (checks, trouble) }
}

/// Runs the log of a hand-in again, from the lesson's first step, on machines of its own.
package protocol HandInReplayer {
  /// The lesson that is graded, as the grader has it.
  var lesson: GradedLesson { get }
  /// Digests of the guests that this tool has, by name; nil where it has none of that name.
  func guestDigest(_ name: String) -> String?
  func replay(_ handIn: HandIn, limits: GradingLimits) throws -> ReplayOutcome
}

/// What a report tells of the lesson.
package struct GradedLesson: Codable, Equatable, Sendable {
  package var id: String
  package var title: String
  /// Digest of what student and grader share of it: everything but the instructor's file.
  package var digest: String

  package init(id: String, title: String, digest: String) {
    (self.id, self.title, self.digest) = (id, title, digest)
  }
}
