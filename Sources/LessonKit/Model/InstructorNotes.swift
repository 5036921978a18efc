/// What a lesson's students do not get: `instructor.yaml`.
package struct InstructorNotes: Sendable, Equatable {
  /// Checks that only the grader knows, each with the step after which it is made.
  package var hidden: [(step: Int, check: LessonCheck)] { zip(hiddenSteps, hiddenChecks).map { ($0, $1) } }
  private var hiddenSteps: [Int] = []
  private var hiddenChecks: [LessonCheck] = []
  /// Files of the lesson that solve its tasks, by the task's id.
  package var solutions: [String: String] = [:]
  /// What makes a check fail that doing nothing does not fail, by the check's id.
  package var failures: [String: Failure] = [:]

  package struct Failure: Sendable, Equatable {
    /// Commands in place of the step's own.
    package var commands: [String] = []
    /// Files in place of the solutions, by the task's id.
    package var files: [String: String] = [:]
    package var line: Int
  }
  package static let fileName = "instructor.yaml"

  init(_ text: String) throws(LessonProblem) {
    var fields = try YAMLFields(text, file: Self.fileName, firstLine: 1)
    for var inner in try fields.fields("hidden") {
      guard let step = try inner.whole("step", in: 1...1000) else {
        throw LessonProblem(
          inner.file, inner.line, "`step:` is missing: the number of the heading after which it is made.")
      }
      hiddenSteps.append(step)
      let check = try LessonCheck(&inner, isHidden: true)
      try inner.finish("A hidden check")
      hiddenChecks.append(check)
    }
    if var inner = try fields.fields("solutions").first {
      for key in inner.keys { solutions[key] = try inner.text(key) }
    }
    if var inner = try fields.fields("fails").first {
      for key in inner.keys {
        var one = try inner.fields(key)[0]
        var failure = Failure(line: one.line)
        failure.commands = try one.list("commands")
        if var files = try one.fields("file").first {
          for id in files.keys { failure.files[id] = try files.text(id) }
        }
        try one.finish("A failing transcript")
        failures[key] = failure
      }
    }
    try fields.finish("instructor.yaml")
  }
}
