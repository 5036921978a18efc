import Foundation

/// Where a student is in a lesson: a file in the student's own data folder.
package struct LessonProgress: Codable, Equatable, Sendable {
  package static let format = "vitrine-progress 1"
  package var format = LessonProgress.format
  package var lesson: String
  package var lessonDigest: String
  package var student: String
  /// The introduction has been read.
  package var hasBegun = false
  /// The step that is read, from 1.
  package var step = 1
  /// Ids of the checks that have held and the quizzes that are answered rightly.
  package var reached: [String] = []
  /// Steps that were left before all was reached.
  package var skipped: [Int] = []
  /// Hints given, by step.
  package var hints: [Int: Int] = [:]
  package var isFinished = false
  package var log = LessonLog()

  package init(_ lesson: Lesson, student: String) {
    self.lesson = lesson.id
    lessonDigest = LessonSeed(lesson.digest).description
    self.student = student
  }

  package var seed: LessonSeed { LessonSeed(lesson: lesson, student: student) }

  /// Reads a file's bytes. Throws a sentence that says what is wrong with it.
  package init(_ bytes: [UInt8], path: String) throws(ProgressError) {
    do { self = try JSONDecoder().decode(LessonProgress.self, from: Data(bytes)) } catch {
      throw .unreadable(path: path)
    }
    guard format == Self.format else { throw .otherVersion(path: path, format: format) }
  }

  package var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { Array($0) } ?? []
  }
}

/// Why a student's progress cannot be read.
package enum ProgressError: Error, CustomStringConvertible {
  case unreadable(path: String)
  case otherVersion(path: String, format: String)

  package var description: String {
    switch self {
    case .unreadable(let path): "\(path): this is no progress of a lesson. Move it away, and the lesson begins anew."
    case .otherVersion(let path, let format):
      "\(path) is of another version (\(format); this is \(LessonProgress.format)). Move it away, and the lesson begins anew."
    }
  }
}
