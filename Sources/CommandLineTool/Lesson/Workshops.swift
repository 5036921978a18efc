import Console
import Debugger
import LessonKit

/// The student's own machine, files and progress.
final class StudentWorkshop: LessonWorkshop {
  private let lesson: LessonFolder
  private let student: StudentFolder
  private let interruptFlag: InterruptFlag

  init(_ lesson: LessonFolder, _ student: StudentFolder, interruptFlag: InterruptFlag) {
    (self.lesson, self.student, self.interruptFlag) = (lesson, student, interruptFlag)
  }

  func session(_ options: String) throws(CommandError) -> Session {
    try LessonMachine.session(options, interruptFlag: interruptFlag)
  }
  func product(of task: LessonTask) throws(CommandError) -> String {
    try failing {
      let work = student.work(of: lesson.id)
      try TaskBuilder.prepare(task, of: lesson, in: work)
      return try TaskBuilder(task: task, work: work).product()
    }
  }
  func workPath(of task: LessonTask) -> String? {
    let work = student.work(of: lesson.id)
    try? TaskBuilder.prepare(task, of: lesson, in: work)
    return work + "/" + task.place
  }
  func read(_ path: String) throws(CommandError) -> [UInt8] { try Files.read(path) }
  func save(_ progress: LessonProgress) throws(CommandError) { try failing { try student.save(progress) } }
}

/// A lesson's own solutions, for its linter.
final class SolutionWorkshop: LessonWorkshop {
  private let folder: LessonFolder
  private let output: String
  /// Files or folders of the lesson by the task that they solve.
  private let base: [String: String]
  /// Those that stand in for them, in a test whether a check can fail.
  var wrong: [String: String] = [:]

  init(_ folder: LessonFolder, _ solutions: [String: String], output: String) {
    (self.folder, base, self.output) = (folder, solutions, output)
  }

  func session(_ options: String) throws(CommandError) -> Session { try LessonMachine.session(options) }
  func product(of task: LessonTask) throws(CommandError) -> String {
    guard let solution = wrong[task.id] ?? base[task.id] else {
      throw .failed("The task \(task.id) has no solution in \(InstructorNotes.fileName).")
    }
    return try failing {
      // As a student would have it: what the task begins with, and over it the solution, or a wrong one over that.
      let work = "\(output)/\(solution.filter { $0 != "/" })"
      try StudentFolder.makeFolders(work)
      for layer in [solution, base[task.id]].compactMap(\.self) {
        try TaskBuilder.place(folder.path + "/" + layer, of: task, in: work)
      }
      try TaskBuilder.prepare(task, of: folder, in: work)
      return try TaskBuilder(task: task, work: work).product()
    }
  }
  func workPath(of task: LessonTask) -> String? { nil }
  func read(_ path: String) throws(CommandError) -> [UInt8] { try Files.read(path) }
  func save(_ progress: LessonProgress) {}
}

/// Turns any error into the prompt's.
func failing<Result>(_ body: () throws -> Result) throws(CommandError) -> Result {
  do { return try body() } catch let error as CommandError { throw error } catch let error as Failure {
    throw .failed(error.description)
  } catch { throw .failed("\(error)") }
}
