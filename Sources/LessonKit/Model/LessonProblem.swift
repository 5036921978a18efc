/// What is wrong with a lesson, and where.
package struct LessonProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// Relative to the lesson's folder.
  package var file: String
  /// From 1; 0 where the whole file is meant.
  package var line: Int
  package var message: String

  package init(_ file: String, _ line: Int, _ message: String) {
    (self.file, self.line, self.message) = (file, line, message)
  }
  package var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}
