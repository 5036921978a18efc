import Debugger
import LessonKit

// How a student gets from step to step.
extension LessonPlayer {
  package var isStepDone: Bool {
    step.checks.allSatisfy { hasReached($0.id) } && step.quizzes.allSatisfy { hasReached($0.id) }
  }

  func announceEnd() {
    let isLast = step.number == lesson.steps.count
    console.print(
      isLast ? "That was the last step: `lesson next` ends the lesson." : "This step is done: `lesson next` goes on.")
  }

  /// Goes on to the next step; with `skipping` also where something of this one is open.
  package func next(skipping: Bool) throws(CommandError) {
    guard progress.hasBegun else {
      progress.hasBegun = true
      save()
      showStep()
      return noteChecks()
    }
    makeOwnChecks()
    if !isStepDone {
      guard skipping else {
        showOpen()
        throw .failed("This step is not done yet.  `lesson hint` helps; `lesson skip` goes on without.")
      }
      if !progress.skipped.contains(step.number) { progress.skipped.append(step.number) }
    }
    guard step.number < lesson.steps.count else { return finish() }
    progress.step = step.number + 1
    save()
    try enterMachine(ofStep: progress.step)
    showStep()
    noteChecks()
  }

  private func finish() {
    progress.isFinished = true
    save()
    let missed = lesson.steps.filter { step in
      (step.checks.map(\.id) + step.quizzes.map(\.id)).contains { !hasReached($0) }
    }
    console.print("")
    if missed.isEmpty {
      console.print("You have finished lesson \(lesson.number), \"\(lesson.title)\".")
    } else {
      console.print(
        "The end of lesson \(lesson.number). Open still: steps \(missed.map { "\($0.number)" }.joined(separator: ", ")); `lesson go N` goes there."
      )
    }
    console.print("`lesson list` lists the lessons, `quit` leaves; the machine stays here for you to explore.")
  }

  /// Goes to a step that was reached before, with the machine as it was left there.
  func go(to number: Int) throws(CommandError) {
    guard lesson.steps.indices.contains(number - 1) else {
      throw .failed("The lesson has steps 1 to \(lesson.steps.count).")
    }
    let farthest = max(progress.step, (progress.log.entries.map(\.step) + progress.skipped).max() ?? 1)
    guard number <= farthest || progress.isFinished else {
      throw .failed("You have come to step \(farthest); `lesson next` goes on from one to the next.")
    }
    progress.step = number
    save()
    try rebuild()
    showStep()
    console.print(console.stopLine)
  }

  /// Makes the machine as it was when this step began, and forgets what was typed since.
  func resetStep() throws(CommandError) {
    let number = progress.step
    progress.log.entries.removeAll { $0.step == number }
    save()
    try rebuild()
    console.print("Step \(step.number) from its beginning.")
    console.print(console.stopLine)
  }
}
