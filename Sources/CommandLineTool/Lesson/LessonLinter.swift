import Console
import Debugger
import Guests
import LessonKit

/// Goes through a lesson as a student would who does just what it says.
final class LessonLinter {
  private let folder: LessonFolder
  private let seeds: Int
  private var found: [LessonProblem] = []
  /// What the commands before each `expect` block showed, by the block's line.
  private var shown: [(block: Int, after: Int, text: String)] = []
  private(set) var summary = ""

  init(_ folder: LessonFolder, seeds: Int) { (self.folder, self.seeds) = (folder, seeds) }

  /// What is wrong, in the order in which it was found.
  func problems() -> [LessonProblem] {
    let lesson: Lesson
    do { lesson = try folder.reader.read() } catch { return [error] }
    let scratch: ScratchFolder
    do { scratch = try ScratchFolder() } catch { return [LessonProblem(LessonReader.fileName, 0, "\(error)")] }
    defer { scratch.remove() }
    do { try walk(lesson, scratch.path) } catch { report(LessonReader.fileName, 0, error.text) }
    summary =
      "\(lesson.steps.count) steps, \(lesson.checks.count) checks, \(lesson.quizzes.count) questions with \(seeds) seeds, \(lesson.points) points"
    return found
  }

  private func report(_ file: String, _ line: Int, _ text: String) { found.append(LessonProblem(file, line, text)) }

  private func walk(_ lesson: Lesson, _ output: String) throws(CommandError) {
    let workshop = SolutionWorkshop(folder, lesson.instructor?.solutions ?? [:], output: output)
    let transcript = KeptOutput()
    let console = Console(
      session: try workshop.session(lesson.machine), output: transcript, surroundings: LintFiles(workshop))
    let player = LessonPlayer(
      lesson, LessonProgress(lesson, student: "lint"), console: console, workshop: workshop, isGrading: true)
    for step in lesson.steps {
      try player.enter(step: step.number)
      let hidden = lesson.instructor?.hidden.filter { $0.step == step.number }.map(\.check) ?? []
      let checks = (step.checks + hidden).filter { $0.machine == nil }
      for check in checks where console.session.judge(fact: check.holds) == .right {
        if lesson.instructor?.failures[check.id] == nil {
          report(check.file, check.line, "The check \(check.id) holds already when its step begins: it cannot fail.")
        }
      }
      for check in checks {
        guard let failure = lesson.instructor?.failures[check.id], !failure.commands.isEmpty else { continue }
        try fail(check, failure, lesson, step, workshop)
      }
      run(step, console, player, transcript, output)
      for check in checks where !player.hasReached(check.id) {
        let why = player.obstacles[check.id].map { " \($0)" } ?? ""
        report(check.file, check.line, "The check \(check.id) does not hold after the commands of its step.\(why)")
      }
      ownChecks(step.checks + hidden, lesson, player, workshop)
    }
  }

  /// The blocks of a step, in their order.
  private func run(
    _ step: LessonStep, _ console: Console, _ player: LessonPlayer, _ transcript: KeptOutput, _ output: String
  ) {
    for (index, block) in step.blocks.enumerated() {
      let next = index + 1 < step.blocks.count ? step.blocks[index + 1] : nil
      switch block.kind {
      case .repl(let commands):
        var lines = commands[...]
        transcript.text = ""
        while !lines.isEmpty {
          try? player.perform(.init(step: step.number, line: takeCommand(&lines)))
        }
        console.finish()
        compare(transcript.text, next, after: block.line)
      case .shell(let commands):
        compare(commands.map { runTool($0, in: output) }.joined(), next, after: block.line)
      case .quiz(let quiz): question(quiz, console.session)
      default: break
      }
    }
  }

  /// A command with the lines that it reads on.
  private func takeCommand(_ lines: inout ArraySlice<String>) -> String {
    var command = [lines.removeFirst()]
    let word = command[0].split(separator: " ").first.map(String.init) ?? ""
    guard ["commands", "define", "document", "if", "while"].contains(word) else { return command[0] }
    var depth = 1
    while depth > 0, let line = lines.popFirst() {
      let word = line.split(separator: " ").first.map(String.init) ?? ""
      if ["if", "while", "commands", "define", "document"].contains(word) { depth += 1 }
      if word == "end" { depth -= 1 }
      command.append(line)
    }
    return command.joined(separator: "\n")
  }

  private func compare(_ actual: String, _ next: LessonBlock?, after line: Int) {
    guard let next, case .expect(let expected) = next.kind else {
      if !actual.isEmpty { shown.append((0, line, actual)) }
      return
    }
    shown.append((next.line, line, actual))
    if let difference = ExpectedText(expected).difference(from: actual) {
      report(LessonReader.fileName, next.line + difference.line, difference.text)
    }
  }

  private func question(_ quiz: Quiz, _ session: Session) {
    var asked: Set<String> = []
    for number in 0..<seeds {
      let variant = quiz.variant(LessonSeed(lesson: folder.id, student: "seed-\(number)"))
      asked.insert(variant.ask)
      guard variant.isAsked(in: session) else {
        return report(quiz.file, quiz.line, "The question \(quiz.id) makes no sense here: `where` does not hold.")
      }
      switch variant.rightAnswer(in: session) {
      case .failure(let error):
        return report(
          quiz.file, quiz.line, "The question \(quiz.id), \"\(variant.ask)\", has no right answer: \(error)")
      case .success(let right):
        if case .whole(let bits) = right, (Int64(Int32.min)..<0).contains(Int64(bitPattern: bits)) {
          let text = "The right answer to \(quiz.id), \"\(variant.ask)\", is negative, as C has it for an int; "
          return report(quiz.file, quiz.line, text + "write one of its numbers with `ul` behind it.")
        }
        if !variant.choices.isEmpty, !variant.choices.contains(where: { right.agrees(with: $0) }) {
          return report(
            quiz.file, quiz.line, "The right answer to \(quiz.id), \"\(variant.ask)\", is \(right), which is no choice."
          )
        }
        guard variant.judge(right.description, in: session) == .right else {
          return report(quiz.file, quiz.line, "The right answer to \(quiz.id), \(right), is not taken for right.")
        }
        guard variant.judge("no answer at all", in: session) != .right else {
          return report(quiz.file, quiz.line, "Anything is right for \(quiz.id).")
        }
      }
    }
    if seeds >= 20, asked.count < min(3, quiz.variantCount) || quiz.variantCount < 2 {
      report(quiz.file, quiz.line, "The question \(quiz.id) is the same for all: \(quiz.variantCount) variants.")
    }
  }

  // MARK: Checks that must be able to fail

  private func fail(
    _ check: LessonCheck, _ failure: InstructorNotes.Failure, _ lesson: Lesson, _ step: LessonStep,
    _ workshop: SolutionWorkshop
  ) throws(CommandError) {
    let console = Console(
      session: try workshop.session(lesson.machine(ofStep: step.number)), output: KeptOutput())
    let player = LessonPlayer(
      lesson, LessonProgress(lesson, student: "lint"), console: console, workshop: workshop, isGrading: true)
    for line in failure.commands { try player.perform(.init(step: step.number, line: line)) }
    if player.hasReached(check.id) {
      report(InstructorNotes.fileName, failure.line, "With these commands the check \(check.id) holds; it should fail.")
    }
  }

  private func ownChecks(
    _ checks: [LessonCheck], _ lesson: Lesson, _ player: LessonPlayer, _ workshop: SolutionWorkshop
  ) {
    let own = checks.filter { $0.machine != nil }
    guard !own.isEmpty else { return }
    player.makeOwnChecks()
    for check in own where !player.hasReached(check.id) {
      report(
        check.file, check.line,
        "The check \(check.id) does not hold with the solutions. \(player.obstacles[check.id] ?? "")")
    }
    defer { workshop.wrong = [:] }
    for check in own {
      guard let failure = lesson.instructor?.failures[check.id], !failure.files.isEmpty else {
        report(
          check.file, check.line,
          "The check \(check.id) has no file with which it fails (`fails:` in \(InstructorNotes.fileName)).")
        continue
      }
      workshop.wrong = failure.files
      let other = LessonPlayer(
        lesson, player.progress, console: player.console, workshop: workshop, isGrading: true)
      if other.holds(check) {
        report(InstructorNotes.fileName, failure.line, "With these files the check \(check.id) holds; it should fail.")
      }
    }
  }

  // MARK: Outside

  /// Runs a command of the shell that begins with `vitrine`.
  private func runTool(_ line: String, in folder: String) -> String {
    guard let executable = Guests.executablePath() else { return "" }
    return ToolProcess.run(executable, Array(LessonMachine.words(line).dropFirst()), folder: folder).output
  }

  /// Puts what was shown into the lesson's `expect` blocks, where it is not what they say.
  func update() throws {
    let path = folder.path + "/" + LessonReader.fileName
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (block, after, actual) in shown.reversed() {
      let body = actual.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).trimmedEnd }
      let content = body.last == "" ? Array(body.dropLast()) : body
      func end(from line: Int) -> Int? { lines[line...].firstIndex { $0.hasPrefix("```") } }
      if block > 0, let close = end(from: block) {
        let expected = lines[block..<close].joined(separator: "\n") + "\n"
        if ExpectedText(expected).difference(from: actual) != nil {
          lines.replaceSubrange(block..<close, with: content)
        }
      } else if block == 0, let close = end(from: after) {
        lines.insert(contentsOf: ["", "```expect"] + content + ["```"], at: close + 1)
      }
    }
    try Files.write(path, Array(lines.joined(separator: "\n").utf8), append: false)
  }
}

/// The sources that the tool itself brings can be read, and nothing is written.
private final class LintFiles: Surroundings {
  private let workshop: SolutionWorkshop
  init(_ workshop: SolutionWorkshop) { self.workshop = workshop }
  func readFile(_ path: String) throws(CommandError) -> [UInt8] { try Files.read(path) }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    throw .failed("\(path): a lesson writes no files.")
  }
  let workingFolder = Files.workingFolder
  func modificationTime(_ path: String) -> Double? { Files.modificationTime(path) }
  func completeFile(_ prefix: String) -> [String] { [] }
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) {
    throw .failed("A lesson uses `type`, not `console`.")
  }
}
