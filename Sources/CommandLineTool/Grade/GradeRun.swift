import Guests
import LessonKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Grades many hand-ins of one lesson.
struct GradeRun {
  let lesson: GradedLesson
  private let lessonFolder: LessonFolder
  /// Those of this part.
  private let files: [HandInFile]
  private let folder: ResultFolder
  private let limits: GradingLimits
  private let executable: String

  init(lesson name: String, handIns: [String], folder: String, limits: GradingLimits, shard: Shard?) throws {
    guard let executable = Guests.executablePath() else { throw Failure("this program's own path cannot be found") }
    self.executable = executable
    self.limits = limits
    lessonFolder = try LessonFolder.find(name)
    lesson = GradedLesson(try lessonFolder.read())
    let all = try HandInFile.find(handIns)
    files = all.enumerated().filter { shard?.takes($0.offset) ?? true }.map(\.element)
    self.folder = try ResultFolder(making: folder)
    if let shard {
      let source = shard.source.map { " (\($0))" } ?? ""
      Terminal.write(
        Array("vitrine: part \(shard.text)\(source): \(files.count) of \(all.count) hand-ins\n".utf8), to: 2)
    }
  }

  /// The results of all, those that are there already and still hold among them.
  func results(jobs: Int?, resumes: Bool) throws -> [GradeResult] {
    var results: [GradeResult?] = files.map { _ in nil }
    let base = try baseKey()
    var keys: [String] = []
    for (index, file) in files.enumerated() {
      var key = base
      // What cannot be read gets a result that says so.
      key.add((try? HandInReader.read(file.path)) ?? Array("unreadable".utf8))
      key.add(file.label)
      keys.append("\(key)")
      if resumes, let result = folder.result(file.resultName), result.key == keys[index] { results[index] = result }
    }
    let waiting = results.indices.filter { results[$0] == nil }
    var progress = ProgressBar(total: files.count, done: files.count - waiting.count)
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let signals = Signals()
    let (scratchPath, resultsPath) = (scratch.path, folder.path)
    signals.on([SIGINT, SIGTERM, SIGHUP]) { number in
      GradePool.exit(128 + number) {
        ScratchFolder.remove(scratchPath)
        Terminal.write(
          Array("\nvitrine: what was graded is in \(resultsPath); the same command goes on from there\n".utf8), to: 2)
      }
    }
    // A child that crashes tells so by its status; no tool has to look into it for seconds.
    setenv("SWIFT_BACKTRACE", "enable=no", 1)
    let pool = GradePool(jobs: jobs ?? Processors.count, limits: limits) { index in
      [executable, "grade-one", "--scratch", scratch.path(of: index)] + LimitOptions.arguments(limits)
        + ["--", lessonFolder.path, files[index].path]
    }
    progress.show()
    try pool.run(waiting) { index, ending in
      let result = self.result(files[index], ending, key: keys[index])
      scratch.remove(index)
      try folder.write(files[index].resultName, Gradescope(result).json)
      results[index] = result
      progress.note(result)
    }
    progress.clear()
    _ = signals
    return results.compactMap(\.self)
  }

  private func result(_ file: HandInFile, _ ending: GradeProcess.Ending, key: String) -> GradeResult {
    var result: GradeResult
    if let output = ending.output, let graded = GradeResult(json: output) {
      result = graded
    } else {
      result = GradeResult(
        lesson: lesson, handIn: file.label, status: ending.status,
        reason: ending.reason ?? "its grade cannot be read", limits: limits)
      result.student = Self.student(of: file)
    }
    result.handIn = file.label
    (result.key, result.seconds) = (key, ending.seconds)
    return result
  }

  /// Whose a hand-in is that could not be graded, found without reading it as JSON: that may be what ended the grader.
  private static func student(of file: HandInFile) -> String? {
    let text = String(decoding: (try? HandInReader.read(file.path)) ?? [], as: UTF8.self)
    guard let start = text.firstRange(of: "\"student\":\"")?.upperBound else { return nil }
    let name = String(text[start...].prefix(StudentName.longest + 1).prefix { $0 != "\"" })
    return StudentName.problem(name) == nil ? name : nil
  }

  /// Of what all results follow from: the lesson's files, this tool, and the limits.
  private func baseKey() throws -> GradeKey {
    var key = GradeKey()
    key.add(GradeResult.format + " " + Vitrine.version)
    key.add("\(limits)")
    var status = stat()
    if stat(executable, &status) == 0 {
      key.add("\(status.st_size) \(Files.modificationTime(executable) ?? 0)")
    }
    for path in try Self.filesBelow(lessonFolder.path) {
      key.add(String(path.dropFirst(lessonFolder.path.count)))
      key.add(try Files.read(path))
    }
    return key
  }

  private static func filesBelow(_ folder: String) throws -> [String] {
    try Files.complete(folder + "/").flatMap { path in
      path.hasSuffix("/") ? try filesBelow(String(path.dropLast())) : Files.isFolder(path) ? [] : [path]
    }
  }
}
