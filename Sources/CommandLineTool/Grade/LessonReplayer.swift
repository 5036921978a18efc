import Console
import Debugger
import Guests
import LessonKit
import RISCV

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Replays hand-ins with the player that the student had, without files and without a word.
struct LessonReplayer: HandInReplayer {
  let lesson: GradedLesson
  private let source: Lesson
  private let scratch: String

  /// `scratch` is the path of a folder for the student's programs, which is made.
  init(_ folder: LessonFolder, scratch: String) throws {
    source = try folder.read()
    lesson = GradedLesson(source)
    self.scratch = scratch
  }

  func guestDigest(_ name: String) -> String? { GuestDigests.digest(of: name) }

  func replay(_ handIn: HandIn, limits: GradingLimits) throws -> ReplayOutcome {
    let flag = InterruptFlag()
    let workshop = try GradingWorkshop(handIn, source, scratch: scratch, limits: limits, flag: flag)
    try Confinement.forbidFiles()
    let watch = GradeWatch(limits, flag)
    defer { watch.end() }
    var progress = LessonProgress(source, student: handIn.student)
    progress.log = LessonLog()
    let console = Console(
      session: try workshop.session(source.machine), output: KeptOutput(limit: 0),
      surroundings: GuestFiles(scratch: scratch))
    let player = LessonPlayer(source, progress, console: console, workshop: workshop, isGrading: true)
    var replay = Replay(player: player, lesson: source, limits: limits, watch: watch)
    replay.perform(handIn.log)
    return ReplayOutcome(
      checks: replay.outcomes.map { outcome in
        var outcome = outcome
        outcome.reason = outcome.reason.map { Self.line($0.replacing(scratch + "/", with: "")) }
        return outcome
      }, trouble: replay.trouble)
  }

  /// What fits on a line of a report: the last lines of several, without control characters.
  private static func line(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }
      // The grader has no sources, and nobody asked for them.
      .filter { !$0.isEmpty && !$0.hasPrefix("The source file ") }
    // Of what the guest printed, its last line.
    let guest = lines.lastIndex { $0.hasPrefix("|") }
    let telling = lines.enumerated().filter { !$0.element.hasPrefix("|") || $0.offset == guest }.map(\.element)
    let joined = telling.suffix(4).joined(separator: " ")
    let clean = String(
      String.UnicodeScalarView(joined.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    return clean.count <= 300 ? clean : clean.prefix(300) + "…"
  }
}

/// One log on its way through the player.
private struct Replay {
  let player: LessonPlayer
  let lesson: Lesson
  let limits: GradingLimits
  let watch: GradeWatch
  private(set) var trouble: String?
  /// Why checks of steps that were left do not hold, by id.
  private var reasons: [String: String] = [:]
  private var log: [LessonLog.Entry] = []
  private var step = 0

  init(player: LessonPlayer, lesson: Lesson, limits: GradingLimits, watch: GradeWatch) {
    (self.player, self.lesson, self.limits, self.watch) = (player, lesson, limits, watch)
  }

  mutating func perform(_ log: [LessonLog.Entry]) {
    self.log = log
    for entry in log {
      guard lesson.steps.indices.contains(entry.step - 1) else {
        trouble = trouble ?? "its log is of step \(entry.step), and the lesson has \(lesson.steps.count)"
        continue
      }
      do {
        try enter(entry.step)
        try player.perform(entry)
      } catch { trouble = trouble ?? "step \(entry.step): \(error.text)" }
      noteLimits(entry)
      if watch.isOver { break }
    }
    leaveStep()
    for step in lesson.steps where !watch.isOver && checks(of: step).contains(where: { $0.machine != nil }) {
      // The check has a machine of its own; that the step's cannot be made is told with the entries.
      try? player.enter(step: step.number)
      player.makeOwnChecks { watch.isOver }
    }
    if watch.isOver { trouble = trouble ?? "it ran out of its \(limits.seconds) s in the checks' own machines" }
  }

  /// Goes to a step as the student did: back means to begin anew and to do all up to there again.
  private mutating func enter(_ number: Int) throws(CommandError) {
    guard number != step else { return }
    if step > 0 { leaveStep() }
    let goesBack = number < step
    step = number
    try player.enter(step: number)
    if goesBack { try player.rebuild() }
    player.noteChecks()
  }

  /// Finds out why open checks do not hold, while their machine stands where the student left it.
  private mutating func leaveStep() {
    guard lesson.steps.indices.contains(step - 1) else { return }
    for check in checks(of: lesson.steps[step - 1]) where check.machine == nil && !player.hasReached(check.id) {
      if watch.isOver { return }
      reasons[check.id] = FactReason.text(check.holds, in: player.console.session)
    }
  }

  private mutating func noteLimits(_ entry: LessonLog.Entry) {
    guard trouble == nil else { return }
    let place = "in step \(entry.step)" + (entry.line.map { " (`\($0.prefix { !$0.isNewline })`)" } ?? "")
    if watch.isOver { trouble = "it ran out of its \(limits.seconds) s \(place)" }
    let session = player.console.session
    if session.machine.position >= limits.instructions {
      trouble = "its guest reached the limit of \(grouped(limits.instructions)) instructions \(place)"
      if let storm = session.progress.found {
        trouble! += ": trap storm, \(storm.cause.name) at \(hex(storm.pc)), from retired \(grouped(storm.firstRetired))"
      }
    }
  }

  // MARK: Outcomes

  private func checks(of step: LessonStep) -> [LessonCheck] {
    step.checks + (lesson.instructor?.hidden.filter { $0.step == step.number }.map(\.check) ?? [])
  }

  var outcomes: [CheckOutcome] {
    lesson.steps.flatMap { step in
      checks(of: step).map { check in
        let isReached = player.hasReached(check.id)
        return CheckOutcome(
          id: check.id, says: check.says, step: step.number, points: check.points, isReached: isReached,
          reason: isReached ? nil : reason(check, step), isHidden: check.isHidden)
      }
        + step.quizzes.map { quiz in
          let isReached = player.hasReached(quiz.id)
          return CheckOutcome(
            id: quiz.id, says: player.variant(quiz).ask, step: step.number, points: quiz.points, isReached: isReached,
            reason: isReached ? nil : reason(quiz, step))
        }
    }
  }

  private func reason(_ check: LessonCheck, _ step: LessonStep) -> String {
    if check.machine != nil {
      return player.obstacles[check.id] ?? "does not hold: \(check.says)"
    }
    guard log.contains(where: { $0.step == step.number }) else { return "nothing was done in step \(step.number)" }
    return reasons[check.id] ?? player.obstacles[check.id] ?? "did not hold in step \(step.number): \(check.says)"
  }

  private func reason(_ quiz: Quiz, _ step: LessonStep) -> String {
    if let answer = player.wrongAnswers[quiz.id] {
      return "answered \"\(answer)\", which is wrong: \(player.variant(quiz).ask)"
    }
    guard log.contains(where: { $0.quiz == quiz.id }) else { return "not answered: \(player.variant(quiz).ask)" }
    return "answered where the machine was not yet where the question is about"
  }
}

/// The guests' images and sources, and the student's programs: debug information decides where a breakpoint lies. No other file
/// can be read, and none written.
private final class GuestFiles: Surroundings {
  private let folders: [String]
  private let none = NoSurroundings()

  init(scratch: String) { folders = [Guests.catalog, scratch].compactMap { $0.flatMap(Self.resolved) } }

  func readFile(_ path: String) throws(CommandError) -> [UInt8] {
    guard let resolved = Self.resolved(path), folders.contains(where: { resolved.hasPrefix($0 + "/") }) else {
      return try none.readFile(path)
    }
    return try Files.read(resolved)
  }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    try none.writeFile(path, bytes, append: append)
  }
  func completeFile(_ prefix: String) -> [String] { [] }
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) { try none.attachKeyboard(body) }

  /// Without links and `..`; nil where there is no such file.
  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// The student's programs as they were handed in, and machines within the limits.
private final class GradingWorkshop: LessonWorkshop {
  private var paths: [String: String] = [:]
  private let limits: GradingLimits
  private let flag: InterruptFlag

  init(_ handIn: HandIn, _ lesson: Lesson, scratch: String, limits: GradingLimits, flag: InterruptFlag) throws {
    (self.limits, self.flag) = (limits, flag)
    try StudentFolder.makeFolders(scratch)
    // Names are the lesson's, never the file's.
    for task in lesson.tasks {
      guard let file = handIn.files[task.id] else { continue }
      let path = scratch + "/" + task.id + (task.isProgram ? ".elf" : "")
      try Files.write(path, Array(file.data), append: false)
      paths[task.id] = path
    }
  }

  func session(_ options: String) throws(CommandError) -> Session {
    let session = try LessonMachine.session(options, interruptFlag: flag)
    session.positionLimit = limits.instructions
    return session
  }
  func product(of task: LessonTask) throws(CommandError) -> String {
    guard let path = paths[task.id] else { throw .failed("nothing was handed in for the task \(task.id)") }
    return path
  }
  func workPath(of task: LessonTask) -> String? { nil }
  func read(_ path: String) throws(CommandError) -> [UInt8] { try Files.read(path) }
  func save(_ progress: LessonProgress) {}
}
