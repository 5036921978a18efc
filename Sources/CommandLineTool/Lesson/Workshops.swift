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
      try prepare(task)
      return try TaskBuilder(task: task, folder: student.work(of: lesson.id), output: student.built(of: lesson.id))
        .build()
    }
  }
  func workPath(of task: LessonTask) -> String? {
    try? prepare(task)
    return student.work(of: lesson.id) + "/" + task.file
  }
  func read(_ path: String) throws(CommandError) -> [UInt8] { try Files.read(path) }
  func save(_ progress: LessonProgress) throws(CommandError) { try failing { try student.save(progress) } }

  /// Puts what a task begins with into the folder for the work, where nothing of that name is there yet.
  private func prepare(_ task: LessonTask) throws {
    let work = student.work(of: lesson.id)
    try StudentFolder.makeFolders(work)
    guard let start = task.start else { return }
    try LessonFiles.copyMissing(from: lesson.path + "/" + start, to: work, named: task.file)
  }
}

/// A lesson's own solutions, for its linter.
final class SolutionWorkshop: LessonWorkshop {
  private let lesson: LessonFolder
  private let output: String
  /// Files of the lesson by the task that they solve.
  var solutions: [String: String]

  init(_ lesson: LessonFolder, _ solutions: [String: String], output: String) {
    (self.lesson, self.solutions, self.output) = (lesson, solutions, output)
  }

  func session(_ options: String) throws(CommandError) -> Session { try LessonMachine.session(options) }
  func product(of task: LessonTask) throws(CommandError) -> String {
    guard let solution = solutions[task.id] else {
      throw .failed("The task \(task.id) has no solution in \(InstructorNotes.fileName).")
    }
    return try failing {
      // As a student would have it: what the task begins with, and the solution in its place.
      let work = "\(output)/work-\(task.id)-\(solution.filter { $0 != "/" })"
      try StudentFolder.makeFolders(work)
      let source = lesson.path + "/" + solution
      if Files.isFolder(source) {
        try LessonFiles.copyMissing(from: source, to: work, named: "")
      } else {
        try LessonFiles.copyMissing(from: source, to: work, named: task.file)
      }
      if let start = task.start {
        try LessonFiles.copyMissing(from: lesson.path + "/" + start, to: work, named: task.file)
      }
      return try TaskBuilder(task: task, folder: work, output: work).build()
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
