import ArgumentParser
import Console
import LessonKit
import RISCV

/// `vitrine handin`.
struct HandInCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handin",
    abstract: "Write the file to hand in for a lesson: what you typed and answered, and the programs of its tasks.",
    discussion: """
      Programs are built first and handed in as ELF files. A FILE stands for the task whose file has this name, or is named
      TASK=FILE; without any, what lies in your folder for the lesson is taken.

      Example: vitrine handin 8
      Example: vitrine handin A2 --student ada monitor=build/monitor.elf -o hw3.handin
      """)
  @Argument(help: ArgumentHelp("Number, name or folder of the lesson.", valueName: "lesson"))
  var lesson: String
  @Argument(help: ArgumentHelp("What you made for its tasks.", valueName: "file"), completion: .file())
  var files: [String] = []
  @Option(help: ArgumentHelp("Your id in the course, as you began the lesson with.", valueName: "id"))
  var student: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write; ID.handin without.", valueName: "file"),
    completion: .file())
  var output: String?

  func run() throws {
    if let student, let problem = StudentName.problem(student) { throw ValidationError("--student: \(problem).") }
    let home = try StudentFolder()
    let folder = try LessonFolder.find(lesson)
    let lesson = try folder.read()
    let start = "`vitrine lesson start \(self.lesson)"
    guard let progress = try home.progress(of: lesson.id) else {
      throw Failure("You have not begun lesson \(lesson.number): \(start)\(student.map { " --student \($0)" } ?? "")`.")
    }
    if let student, student != progress.student {
      throw Failure(
        "Lesson \(lesson.number) was begun as \(progress.student), with that student's questions; as \(student) it has to be begun anew: "
          + "`vitrine lesson reset \(self.lesson)`, then \(start) --student \(student)`.")
    }
    if let problem = StudentName.problem(progress.student) { throw Failure("\(progress.student): \(problem).") }
    let workshop = StudentWorkshop(folder, home, interruptFlag: .init())
    var handIn = HandIn(
      tool: Vitrine.version, lesson: lesson.id, lessonDigest: GradedLesson(lesson).digest, student: progress.student,
      guests: GuestDigests.digests(of: lesson), log: progress.log.entries, files: [:])
    var missing: [String] = []
    let named = try self.named(lesson)
    for task in lesson.tasks {
      do { handIn.files[task.id] = try Self.file(try named[task.id] ?? workshop.product(of: task), task) } catch {
        // What is named must be there; what is not may still be missing.
        if named[task.id] != nil { throw Failure(Self.text(error)) }
        missing.append("\(task.id) (\(Self.text(error)))")
      }
    }
    let path = output ?? "\(progress.student).handin"
    let replaced = try write(handIn.bytes, to: path)
    print(summary(handIn, lesson, progress, path: path, replaced: replaced).joined(separator: "\n"))
    for task in missing { Terminal.write(Array("Without the task \(task)\n".utf8), to: 2) }
  }

  /// The files that were named, by task.
  private func named(_ lesson: Lesson) throws -> [String: String] {
    var named: [String: String] = [:]
    for file in files {
      let name = file.split(separator: "/").last.map(String.init) ?? file
      let parts = file.split(separator: "=", maxSplits: 1).map(String.init)
      let task =
        parts.count == 2
        ? lesson.tasks.first { $0.id == parts[0] }
        : lesson.tasks.first { $0.file.split(separator: "/").last.map(String.init) == name || $0.id + ".elf" == name }
          ?? (lesson.tasks.count == 1 ? lesson.tasks[0] : nil)
      guard let task else {
        let tasks = lesson.tasks.map(\.id).joined(separator: ", ")
        throw ValidationError(
          lesson.tasks.isEmpty
            ? "\(file): lesson \(lesson.number) has no tasks, so no files are handed in."
            : "\(file): write TASK=FILE; the tasks of lesson \(lesson.number) are \(tasks).")
      }
      named[task.id] = parts.count == 2 && parts[0] == task.id ? parts[1] : file
    }
    return named
  }

  private static func text(_ error: any Error) -> String { (error as? CommandError)?.message ?? "\(error)" }

  private static func file(_ path: String, _ task: LessonTask) throws -> HandIn.File {
    let bytes = try Files.read(path)
    if task.isProgram, !bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) {
      throw Failure(
        "\(path) is no ELF file, and programs are handed in built; without a file, what you wrote for \(task.id) is built."
      )
    }
    return HandIn.File(name: path.split(separator: "/").last.map(String.init) ?? task.id, data: .init(bytes))
  }

  /// Whether a hand-in was there before. Anything else is left alone.
  private func write(_ bytes: [UInt8], to path: String) throws -> Bool {
    guard bytes.count <= HandIn.Bounds.fileSize else {
      throw Failure(
        "\(path): it would have \(grouped(UInt64(bytes.count))) bytes, and at most \(grouped(UInt64(HandIn.Bounds.fileSize))) are graded: "
          + "hand in programs without debug information (llvm-strip --strip-debug).")
    }
    let exists = Files.exists(Files.expand(path)) && !Files.isFolder(Files.expand(path))
    if exists, (try? HandIn(reading: HandInReader.read(path))) == nil {
      throw Failure("\(path) is there already and is no hand-in; nothing was written. -o names another file.")
    }
    try OutputFile(path).write(String(decoding: bytes, as: UTF8.self))
    return exists
  }

  private func summary(
    _ handIn: HandIn, _ lesson: Lesson, _ progress: LessonProgress, path: String, replaced: Bool
  ) -> [String] {
    func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
    let answers = handIn.log.count { $0.quiz != nil }
    let ids = lesson.steps.flatMap { $0.checks.map(\.id) + $0.quizzes.map(\.id) }
    let reached = ids.count { progress.reached.contains($0) }
    var lines = [
      "\(path): \(grouped(UInt64(handIn.bytes.count))) bytes\(replaced ? "; the one that was there is replaced" : "")",
      "  lesson \(lesson.number) \"\(lesson.title)\", student \(handIn.student), seed \(handIn.seed)",
      "  \(counted(handIn.log.count - answers, "command")), \(counted(answers, "answer")); \(reached) of \(ids.count) reached here",
    ]
    for (task, file) in handIn.files.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(task): \(file.name), \(grouped(UInt64(file.data.count))) bytes")
    }
    if reached < ids.count { lines.append("  Open still: `vitrine lesson check \(self.lesson)` says what.") }
    return lines
  }
}
