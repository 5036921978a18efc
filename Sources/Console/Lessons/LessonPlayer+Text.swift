import LessonKit

// What a student reads.
extension LessonPlayer {
  var text: LessonText { LessonText(width: console.output.width ?? 80, style: console.style) }

  /// The student comes in, or comes back.
  package func open() throws(CommandError) {
    save()
    try rebuild()
    console.print(console.style.paint("Lesson \(lesson.number): \(lesson.title)", .title))
    let steps = lesson.steps.count == 1 ? "one step" : "\(lesson.steps.count) steps"
    for line in text.paragraph(
      "About \(lesson.minutes) minutes, \(steps). `lesson` shows the step again, `lesson hint` helps, "
        + "Ctrl-D leaves; you come back to where you were.")
    {
      console.print(line)
    }
    showStep()
    guard progress.hasBegun else { return }
    noteChecks()
    if progress.isFinished {
      console.print("You have finished this lesson.  `vitrine lesson reset \(lesson.number)` lets you begin it anew.")
    }
    if session.machine.position > 0 { console.print(console.stopLine) }
  }

  private func showIntroduction() {
    console.print("")
    let goals = lesson.goals.map { [MarkdownBlock.paragraph([.text($0)])] }
    for line in text.lines([.paragraph([.text("Afterwards you can:")]), .list(start: nil, items: goals)]) {
      console.print(line)
    }
    for block in lesson.introduction {
      guard case .prose(let prose) = block.kind else { continue }
      console.print("")
      for line in text.lines([prose]) { console.print(line) }
    }
    console.print("")
    console.print("`lesson next` begins with the first step.")
  }

  /// The text of the present step, or of the introduction, before the first.
  package func showStep() {
    guard progress.hasBegun else { return showIntroduction() }
    console.print("")
    console.print(console.style.paint("Step \(step.number) of \(lesson.steps.count): \(step.title)", .title))
    for block in step.blocks {
      let lines = lines(of: block)
      guard !lines.isEmpty else { continue }
      console.print("")
      for line in lines { console.print(line) }
    }
    showGoals()
  }

  private func lines(of block: LessonBlock) -> [String] {
    switch block.kind {
    case .prose(let prose): return text.lines([prose])
    case .repl(let commands): return commands.map { "    \(console.settings.prompt)\($0)" }
    case .shell(let commands): return commands.map { "    \(console.settings.prompt)!\($0)" }
    case .machine(let options): return ["(From here on the machine is another: vitrine debug \(options).)"]
    case .quiz(let quiz): return lines(of: quiz)
    case .task(let task):
      let place = workshop.workPath(of: task).map { ["Your file: \($0)"] } ?? []
      return text.paragraph("Your task (\(task.id)): \(task.says)") + place
    case .expect, .checks, .hint: return []
    }
  }

  private func lines(of quiz: Quiz) -> [String] {
    let variant = variant(quiz)
    var lines = text.paragraph("\(hasReached(quiz.id) ? "Answered" : "Question") (\(quiz.id)): \(variant.ask)")
    for (index, choice) in variant.choices.enumerated() { lines.append("  \(QuizVariant.letter(index)) \(choice)") }
    if !hasReached(quiz.id) {
      lines.append("    \(console.settings.prompt)answer \(step.quizzes.count > 1 ? quiz.id + " " : "")…")
    }
    return lines
  }

  private func showGoals() {
    console.print("")
    if step.checks.isEmpty && step.quizzes.isEmpty { return console.print("Read, try, and go on with `lesson next`.") }
    guard !step.checks.isEmpty else { return }
    console.print("Here you are to bring about:")
    for check in step.checks {
      let item = Markdown.parse("\(hasReached(check.id) ? "(done) " : "")\(check.says)").map(\.block)
      for line in text.lines([.list(start: nil, items: [item])]) { console.print(line) }
    }
  }

  /// What is open in this step, and why.
  func showOpen() {
    for check in step.checks where !hasReached(check.id) {
      let advice = check.otherwise.isEmpty ? "" : "  " + check.otherwise
      for line in text.paragraph("Open: \(check.says)\(advice)") { console.print(line) }
      if let reason = obstacles[check.id] {
        for line in reason.split(separator: "\n").suffix(6) { console.print("    " + line) }
      }
    }
    for quiz in step.quizzes where !hasReached(quiz.id) { console.print("Open: the question \(quiz.id).") }
  }

  package func showCheck() {
    isControlLine = true
    guard progress.hasBegun else { return console.print("`lesson next` begins with the first step.") }
    makeOwnChecks()
    noteChecks()
    if isStepDone { return announceEnd() }
    showOpen()
  }

  package func showHint() {
    isControlLine = true
    guard progress.hasBegun else { return console.print("`lesson next` begins with the first step.") }
    let hints = step.hints
    let given = progress.hints[step.number] ?? 0
    guard !hints.isEmpty else {
      let open = step.checks.filter { !hasReached($0.id) && !$0.otherwise.isEmpty }
      if open.isEmpty { return console.print("This step has no hints.  `help COMMAND` explains a command.") }
      for line in open.flatMap({ text.paragraph($0.otherwise) }) { console.print(line) }
      return
    }
    let index = min(given, hints.count - 1)
    progress.hints[step.number] = min(given + 1, hints.count)
    save()
    for line in text.lines(Markdown.parse(hints[index]).map(\.block)) { console.print(line) }
    console.print(
      index + 1 < hints.count
        ? "(hint \(index + 1) of \(hints.count); `lesson hint` again says more)" : "(the last hint)")
  }

  func showStatus() {
    console.print("  step  done    (checks and questions)")
    for step in lesson.steps {
      let ids = step.checks.map(\.id) + step.quizzes.map(\.id)
      let reached = ids.filter(hasReached).count
      let mark = step.number == progress.step ? "> " : "  "
      console.print("\(mark)\("\(step.number)".leftPadded(4))  \(reached) of \(ids.count)  \(step.title)")
    }
  }

  /// Points so far, of all that are known here.
  package var score: (reached: Int, of: Int) {
    let all = lesson.checks.map { ($0.id, $0.points) } + lesson.quizzes.map { ($0.id, $0.points) }
    return (all.filter { hasReached($0.0) }.reduce(0) { $0 + $1.1 }, all.reduce(0) { $0 + $1.1 })
  }
}
