import Foundation

/// What a student hands in: who, for which lesson, what was typed, and the files of the tasks.
///
/// It holds no result. The grader runs the log again and finds the facts itself, so there is nothing in it worth editing.
package struct HandIn: Codable, Equatable, Sendable {
  /// The first member of each file. The number goes up with every change that an older reader would misread.
  package static let format = "vitrine-handin 1"

  /// A program or another file of a task, already built: the grader compiles nothing.
  package struct File: Codable, Equatable, Sendable {
    /// Its name without a folder, for messages.
    package var name: String
    /// In base64 in the file.
    package var data: Data

    package init(name: String, data: Data) { (self.name, self.data) = (name, data) }
  }

  package var format = Self.format
  /// Version of the tool that wrote it.
  package var tool: String
  /// The lesson's id, such as `08-shadow`.
  package var lesson: String
  /// Digest of the lesson as the student had it.
  package var lessonDigest: String
  package var student: String
  /// What the student's tool took as seed. Never trusted: see ``wrongSeed``.
  package var seed: String
  /// Digest of each guest that the lesson runs, by name.
  package var guests: [String: String]
  package var log: [LessonLog.Entry]
  /// By the id of the task.
  package var files: [String: File]

  package init(
    tool: String, lesson: String, lessonDigest: String, student: String, guests: [String: String],
    log: [LessonLog.Entry], files: [String: File]
  ) {
    (self.tool, self.lesson, self.lessonDigest, self.student) = (tool, lesson, lessonDigest, student)
    seed = "\(LessonSeed(lesson: lesson, student: student))"
    (self.guests, self.log, self.files) = (guests, log, files)
  }

  /// The seed that is written in the file, where it is not the one that follows from lesson and student.
  package var wrongSeed: String? {
    seed == "\(LessonSeed(lesson: lesson, student: student))" ? nil : seed
  }

  /// The text of the file: the same hand-in gives the same bytes.
  package var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts, numbers and lists of them: nothing that could not be written.
    return Array((try? encoder.encode(self)) ?? Data()) + [10]
  }
}
