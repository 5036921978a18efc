import Debugger
import LessonKit

/// What a player needs of the program around it: machines, the student's files, and the place for the progress.
package protocol LessonWorkshop: AnyObject {
  /// A session on the machine that `options` describe, what would stand behind `vitrine debug`.
  func session(_ options: String) throws(CommandError) -> Session
  /// The path of what the student made for a task, built where it is a program.
  func product(of task: LessonTask) throws(CommandError) -> String
  /// Where the student writes it; nil where there is no such place.
  func workPath(of task: LessonTask) -> String?
  /// The bytes of a product.
  func read(_ path: String) throws(CommandError) -> [UInt8]
  func save(_ progress: LessonProgress) throws(CommandError)
}

/// A lesson beside the prompt: shows its steps, notes what is typed, and sees when a check holds.
///
/// The machine of a step is where the log up to it leads (REPLAY), so leaving and coming back, going through a hand-in and
/// replaying a lesson's own commands are one thing: entries of a log, performed.
package final class LessonPlayer {
  package let lesson: Lesson
  package let console: Console
  package internal(set) var progress: LessonProgress
  let workshop: any LessonWorkshop
  /// The grader's: hidden checks are made, and nothing is told.
  let isGrading: Bool
  /// What hid checks found, and why others could not be made: by id.
  package private(set) var obstacles: [String: String] = [:]
  /// Wrong answers, by quiz.
  package private(set) var wrongAnswers: [String: String] = [:]
  /// What students' files were built to, while checks over them are made.
  private var products: [String: String] = [:]
  /// The step with which the present machine began.
  private var machineStep = 0
  /// The line that runs is about the lesson, not about the machine.
  var isControlLine = false

  package init(
    _ lesson: Lesson, _ progress: LessonProgress, console: Console, workshop: any LessonWorkshop,
    isGrading: Bool = false
  ) {
    (self.lesson, self.progress, self.console) = (lesson, progress, console)
    (self.workshop, self.isGrading) = (workshop, isGrading)
  }

  package var step: LessonStep { lesson.steps[min(max(progress.step, 1), lesson.steps.count) - 1] }
  var session: Session { console.session }
  package func hasReached(_ id: String) -> Bool { progress.reached.contains(id) }

  // MARK: The machine

  /// Gives the prompt the machine of a step as it is when the step begins.
  func enterMachine(ofStep number: Int) throws(CommandError) {
    let first = lesson.firstStepOnMachine(ofStep: number)
    guard first != machineStep else { return }
    console.take(try workshop.session(named(lesson.machine(ofStep: number))))
    machineStep = first
  }

  /// Puts the machine where the log leads, without a word.
  package func rebuild() throws(CommandError) {
    let first = lesson.firstStepOnMachine(ofStep: progress.step)
    machineStep = 0
    let entries = progress.log.entries.filter { $0.step >= first && $0.step <= progress.step }
    try console.silently { () throws(CommandError) in
      try enterMachine(ofStep: progress.step)
      for entry in entries { repeatLine(entry) }
    }
  }

  /// Performs an entry of a log, as the student did.
  package func perform(_ entry: LessonLog.Entry) throws(CommandError) {
    progress.step = entry.step
    try enterMachine(ofStep: entry.step)
    progress.log.entries.append(entry)
    if let quiz = entry.quiz {
      judge(quiz: quiz, entry.answer ?? "")
    } else {
      repeatLine(entry)
      noteChecks()
    }
  }

  /// Goes on to a step, without an entry.
  package func enter(step number: Int) throws(CommandError) {
    progress.step = number
    try enterMachine(ofStep: number)
  }

  /// An error of the command was the student's, then and now.
  private func repeatLine(_ entry: LessonLog.Entry) {
    guard let line = entry.line else { return }
    session.interruptAt = entry.stoppedAt
    defer { session.interruptAt = nil }
    if let inputs = entry.inputs {
      session.replayInput(inputs.map { .init(clock: $0.clock, bytes: $0.bytes) })
      do { try console.resume { () throws(DebuggerError) in try session.resume() } } catch { console.report(error) }
      return
    }
    console.perform(RepeatedLines(line))
  }

  // MARK: What the student types

  /// Notes a command that was run, and looks what has come true by it.
  func lineWasRun(_ text: String, inputsBefore: Int, interruptedAt: UInt64?) {
    defer { isControlLine = false }
    guard !isControlLine else { return }
    var entry = LessonLog.Entry(step: progress.step, line: text, stoppedAt: interruptedAt)
    let arrivals = session.inputArrivals
    if console.isConsoleCommand(text), arrivals.count >= inputsBefore {
      entry.inputs = arrivals.dropFirst(inputsBefore).map { LessonLog.Input(clock: $0.clock, bytes: $0.bytes) }
    }
    progress.log.entries.append(entry)
    noteChecks()
    save()
  }

  func save() {
    guard !isGrading else { return }
    do { try workshop.save(progress) } catch { console.report(error) }
  }

  // MARK: Checks

  private var openChecks: [LessonCheck] {
    let hidden = isGrading ? lesson.instructor?.hidden.filter { $0.step == step.number }.map(\.check) ?? [] : []
    return (step.checks + hidden).filter { !hasReached($0.id) }
  }

  /// Looks which checks on the student's machine hold now.
  package func noteChecks() {
    for check in openChecks where check.machine == nil {
      switch session.judge(fact: check.holds) {
      case .right: reach(check)
      case .wrong: obstacles[check.id] = nil
      case .undecided(let reason): obstacles[check.id] = reason
      }
    }
  }

  private func reach(_ check: LessonCheck) {
    progress.reached.append(check.id)
    obstacles[check.id] = nil
    guard !isGrading else { return }
    console.print(console.style.paint("Done: ", .symbol) + check.says)
    if isStepDone { announceEnd() }
  }

  /// Makes the checks that take a machine of their own.
  package func makeOwnChecks(stop: () -> Bool = { false }) {
    products = [:]
    for check in openChecks where check.machine != nil && !stop() { make(check) }
  }

  /// Whether a check with a machine of its own holds.
  package func holds(_ check: LessonCheck) -> Bool { (try? verdict(on: check)) == .right }

  private func make(_ check: LessonCheck) {
    do {
      switch try verdict(on: check) {
      case .right: reach(check)
      case .wrong: break
      case .undecided(let reason): obstacles[check.id] = reason
      }
    } catch { obstacles[check.id] = error.text }
  }

  /// Runs a check's own machine. What it showed last is why, where it does not hold.
  private func verdict(on check: LessonCheck) throws(CommandError) -> Verdict {
    let session = try workshop.session(try named(check.machine!))
    session.positionLimit = check.limit
    let shown = KeptOutput(limit: 4096)
    let other = Console(session: session, output: shown, surroundings: TaskFiles(workshop, try paths(check)))
    for line in check.commands {
      let line = try named(line)
      do { try other.execute(line) } catch { other.report(error) }
    }
    other.finish()
    let verdict = session.judge(fact: check.holds)
    if verdict == .wrong { obstacles[check.id] = shown.text }
    return verdict
  }

  private func paths(_ check: LessonCheck) throws(CommandError) -> [String: String] {
    var paths: [String: String] = [:]
    for id in check.tasks { paths[id] = try path(ofTask: id) }
    return paths
  }
  private func path(ofTask id: String) throws(CommandError) -> String {
    guard let task = lesson.tasks.first(where: { $0.id == id }) else { throw .failed("There is no task \(id).") }
    if let product = products[id] { return product }
    products[id] = try workshop.product(of: task)
    return products[id]!
  }
  /// A text with the files of tasks in place of their names.
  private func named(_ text: String) throws(CommandError) -> String {
    var values: [String: String] = [:]
    for id in Placeholder.names(in: text) where lesson.tasks.contains(where: { $0.id == id }) {
      values[id] = try path(ofTask: id)
    }
    return Placeholder.fill(text, values)
  }

  // MARK: Quizzes

  package func variant(_ quiz: Quiz) -> QuizVariant { quiz.variant(progress.seed) }

  @discardableResult
  private func judge(quiz id: String, _ answer: String) -> Verdict {
    guard let quiz = lesson.quizzes.first(where: { $0.id == id }) else {
      return .undecided("There is no question \(id).")
    }
    let variant = variant(quiz)
    guard variant.isAsked(in: session) else {
      return .undecided(
        quiz.conditionOtherwise.isEmpty ? "The machine is not where the question is about." : quiz.conditionOtherwise)
    }
    let verdict = variant.judge(answer, in: session)
    if verdict == .right {
      if !hasReached(id) { progress.reached.append(id) }
      wrongAnswers[id] = nil
    } else if verdict == .wrong {
      wrongAnswers[id] = answer
    }
    return verdict
  }

  /// Takes a student's answer. `id` is needed where a step has several open questions.
  func answer(_ text: String) throws(CommandError) {
    isControlLine = true
    let quizzes = step.quizzes
    var words = text
    var quiz: Quiz?
    let first = String(text.prefix { $0 != " " })
    if let named = quizzes.first(where: { $0.id == first }) {
      quiz = named
      words = String(text.dropFirst(first.count)).trimmed
    }
    guard let quiz = quiz ?? quizzes.first(where: { !hasReached($0.id) }) ?? quizzes.last else {
      throw .failed("This step asks nothing.  `lesson` shows it again.")
    }
    guard !words.isEmpty else {
      throw .failed("The answer is missing: `answer \(quiz.id) …` with a number, a word, or the letter of a choice.")
    }
    guard !hasReached(quiz.id) else { return console.print("You have answered that rightly already (\(quiz.id)).") }
    progress.log.entries.append(.init(step: progress.step, quiz: quiz.id, answer: words))
    defer { save() }
    switch judge(quiz: quiz.id, words) {
    case .right:
      console.print(console.style.paint("Right. ", .symbol) + "(\(quiz.id))")
      if isStepDone { announceEnd() }
    case .wrong:
      for line in self.text.paragraph("Not so (\(quiz.id)). \(variant(quiz).otherwise)") { console.print(line) }
    case .undecided(let reason): throw .failed(reason)
    }
  }
}

/// No files but those of a task.
private final class TaskFiles: Surroundings {
  private let workshop: any LessonWorkshop
  private let paths: Set<String>
  private let none = NoSurroundings()
  init(_ workshop: any LessonWorkshop, _ paths: [String: String]) {
    (self.workshop, self.paths) = (workshop, Set(paths.values))
  }
  func readFile(_ path: String) throws(CommandError) -> [UInt8] {
    paths.contains(path) ? try workshop.read(path) : try none.readFile(path)
  }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    try none.writeFile(path, bytes, append: append)
  }
  func completeFile(_ prefix: String) -> [String] { [] }
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) { try none.attachKeyboard(body) }
}
