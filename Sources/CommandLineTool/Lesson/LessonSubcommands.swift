import ArgumentParser
import Console
import LessonKit

/// `vitrine lesson`.
struct LessonTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson",
    abstract: "Go through a lesson: guided at the prompt, checked by the machine.",
    discussion: """
      A lesson leads step by step, at the real prompt. You can leave at any time and come back to where you were.

      Example: vitrine lesson list
      Example: vitrine lesson start 1
      """,
    subcommands: [
      LessonList.self, LessonStart.self, LessonStatus.self, LessonCheckTool.self, LessonHint.self, LessonNext.self,
      LessonReset.self, LessonNew.self, LessonLint.self, LessonStrip.self,
    ], defaultSubcommand: LessonList.self)
}

struct LessonList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the lessons, one a line: number and title.")

  func run() throws {
    var isWhole = true
    for folder in try LessonFolder.all() {
      do {
        let lesson = try folder.read()
        print("\(lesson.number) \(lesson.title)")
      } catch {
        isWhole = false
        Terminal.write(Array("\(folder.id) cannot be read: \(error)\n".utf8), to: 2)
      }
    }
    if !isWhole { throw ExitCode(1) }
  }
}

/// Which lesson, for whom.
struct LessonChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Number, name or folder; without it the one that you worked on last.", valueName: "lesson"))
  var name: String?

  func find(_ student: StudentFolder) throws -> LessonFolder {
    guard let name = name ?? student.current else {
      throw ValidationError("Name a lesson; `vitrine lesson list` lists them.")
    }
    return try LessonFolder.find(name)
  }
}

struct LessonStart: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Open a lesson at the prompt, where you left it.",
    discussion: """
      At the prompt `lesson` shows the step again, `lesson next` goes on, `lesson hint` helps, `answer` answers a question. What you
      do is kept in your data folder (XDG_DATA_HOME, or ~/.local/share/vitrine).

      The variants of the questions follow from your student id. It is your user name unless you say another once.

      Example: vitrine lesson start 1
      Example: vitrine lesson start 1 --student ada
      """)
  @OptionGroup var choice: LessonChoice
  @Option(help: ArgumentHelp("Your id in the course, if you are to hand in.", valueName: "id"))
  var student: String?

  func run() throws {
    let folder = try StudentFolder()
    let place = try choice.find(folder)
    let lesson = try place.read()
    let id = student ?? folder.student
    if let problem = StudentName.problem(id) { throw Failure("--student: \(problem).") }
    var progress = try folder.progress(of: lesson.id)
    if let found = progress, found.student != id, student != nil {
      throw Failure(
        "Lesson \(lesson.number) was begun as \(found.student), with that student's questions. `vitrine lesson reset \(lesson.number)` forgets that; "
          + "then it can be begun as \(id).")
    }
    if student != nil { try folder.setStudent(id) }
    try folder.setCurrent(place)
    if let found = progress, found.lessonDigest != LessonProgress(lesson, student: id).lessonDigest {
      print("The lesson has changed since you began it: what you reached in it stays, as far as it is still asked.")
      progress?.lessonDigest = LessonProgress(lesson, student: id).lessonDigest
      progress?.step = min(found.step, lesson.steps.count)
    }
    throw ExitCode(try PromptRunner.lesson(lesson, place, progress ?? LessonProgress(lesson, student: id), folder))
  }
}

struct LessonStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what you have reached in each lesson that you have begun.")

  func run() throws {
    let student = try StudentFolder()
    var isAny = false
    var folders = try LessonFolder.all()
    if let current = student.current, current.contains("/"), let folder = try? LessonFolder.find(current) {
      folders.append(folder)
    }
    for folder in folders {
      guard let progress = try student.progress(of: folder.id) else { continue }
      let lesson = try folder.read()
      isAny = true
      let ids = lesson.steps.flatMap { $0.checks.map(\.id) + $0.quizzes.map(\.id) }
      let reached = ids.filter(progress.reached.contains).count
      let place = progress.isFinished ? "finished" : "at step \(progress.step) of \(lesson.steps.count)"
      print("\(lesson.number) \(lesson.title): \(place), \(reached) of \(ids.count) reached, as \(progress.student)")
    }
    if !isAny { print("You have begun no lesson yet: `vitrine lesson start 1`.") }
  }
}

/// Works on a student's progress without the prompt.
private func withPlayer(_ choice: LessonChoice, _ body: (LessonPlayer) throws(CommandError) -> Void) throws {
  let student = try StudentFolder()
  let folder = try choice.find(student)
  let lesson = try folder.read()
  guard let progress = try student.progress(of: lesson.id) else {
    throw Failure("You have not begun lesson \(lesson.number): `vitrine lesson start \(lesson.number)`.")
  }
  let output = StandardOutput()
  let runner = try PromptRunner(lessonMachine: lesson.machine)
  let console = Console(session: runner.session, output: output, surroundings: runner, colours: Terminal.wantsColours)
  let player = LessonPlayer(
    lesson, progress, console: console,
    workshop: StudentWorkshop(folder, student, interruptFlag: runner.session.interruptFlag))
  console.lesson = player
  defer {
    console.finish()
    output.flush()
  }
  do {
    try player.rebuild()
    try body(player)
  } catch { throw Failure(error.text) }
}

struct LessonCheckTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say what is open in the present step of a lesson, and why.",
    discussion:
      "What you did is done again, unseen; programs that you wrote are built and run. Status 1 where something is open."
  )
  @OptionGroup var choice: LessonChoice

  func run() throws {
    var isDone = false
    try withPlayer(choice) { player in
      player.showCheck()
      isDone = player.isStepDone
    }
    if !isDone { throw ExitCode(1) }
  }
}

struct LessonHint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hint", abstract: "Help with the present step of a lesson, more of it each time.")
  @OptionGroup var choice: LessonChoice

  func run() throws { try withPlayer(choice) { player in player.showHint() } }
}

struct LessonNext: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "next", abstract: "Go on to the next step and show it.")
  @OptionGroup var choice: LessonChoice
  @Flag(help: "Also where something of this step is open.")
  var skip = false

  func run() throws {
    let skip = skip
    try withPlayer(choice) { player throws(CommandError) in try player.next(skipping: skip) }
  }
}

struct LessonReset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset", abstract: "Forget what you did in a lesson; files that you wrote stay.")
  @OptionGroup var choice: LessonChoice

  func run() throws {
    let student = try StudentFolder()
    guard choice.name != nil else { throw ValidationError("Name the lesson that is to be forgotten.") }
    let folder = try choice.find(student)
    let work = student.work(of: folder.id)
    try student.forget(folder.id)
    print("\(folder.id) begins anew.\(Files.exists(work) ? " Your files are in \(work) still." : "")")
  }
}
