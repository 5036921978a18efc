/// What a student did in a lesson, so that it can be done again.
package struct LessonLog: Codable, Equatable, Sendable {
  package struct Entry: Codable, Equatable, Sendable {
    /// From 1.
    package var step: Int
    /// What was typed at the prompt; several lines where a command read on.
    package var line: String?
    /// Or the answer to this quiz.
    package var quiz: String?
    package var answer: String?
    /// Where Ctrl-C stopped the command, in retired instructions, if it did.
    package var stoppedAt: UInt64?
    /// Keys for the guest's console that came in while the command ran.
    package var inputs: [Input]?

    package init(step: Int, line: String, stoppedAt: UInt64? = nil, inputs: [Input]? = nil) {
      (self.step, self.line, self.stoppedAt, self.inputs) = (step, line, stoppedAt, inputs)
    }
    package init(step: Int, quiz: String, answer: String) {
      (self.step, self.quiz, self.answer) = (step, quiz, answer)
    }
  }
  /// Keys, and the guest clock at which they came in.
  package struct Input: Codable, Equatable, Sendable {
    package var clock: UInt64
    package var bytes: [UInt8]
    package init(clock: UInt64, bytes: [UInt8]) { (self.clock, self.bytes) = (clock, bytes) }
  }
  package var entries: [Entry] = []
  package init(_ entries: [Entry] = []) { self.entries = entries }
}
