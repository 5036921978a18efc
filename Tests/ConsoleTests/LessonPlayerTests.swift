import Console
import Debugger
import Hypervisor
import LessonKit
import Machine
import SystemPackage
import Testing

/// A lesson for tests: two steps on `hello`, one on another machine.
private let lessonText = """
  ---
  title: T
  minutes: 15
  goals: [one]
  machine: hello
  ---

  # T

  Text.

  ## First

  ```repl
  stepi 6
  ```

  ```check
  id: started
  says: It has started.
  holds: $_position == 6
  else: Step six times.
  ```

  ```quiz
  id: word
  ask: Which 32-bit word lies at gpa:{address}?
  with:
    address: ["0x1000", "0x1004", "0x1008", "0x100c"]
  answer: "*(unsigned int *)gpa:{address}"
  else: Look with x.
  ```

  ```quiz
  id: later
  ask: What is a0?
  cases: [{n: 1, answer: "$a0 + 1 - 1"}, {n: 2, answer: "$a0 + 2 - 2"}]
  where: $pc == 0x80000000
  where-else: Six steps first.
  ```

  ```hint
  One.
  ```

  ```hint
  Two.
  ```

  ## Second

  ```check
  id: moved
  says: It has moved on.
  holds: $_position > 100
  ```

  ## Third

  ```machine
  hello --technique trap-and-emulate
  ```

  ```check
  id: exits
  says: There were exits.
  holds: $_exits() > 0
  ```
  """

/// Machines by name and technique; progress in memory; no tasks.
private final class TestWorkshop: LessonWorkshop {
  var saved: LessonProgress?
  func session(_ options: String) throws(CommandError) -> Session {
    do {
      let words = options.split(separator: " ")
      var configuration = MachineConfiguration()
      configuration.program = FilePath(try guestPath(String(words[0])))
      return try Session(configuration, technique: words.count > 2 ? Technique(parsing: String(words[2])) : .native)
    } catch { throw .failed("\(error)") }
  }
  func product(of task: LessonTask) throws(CommandError) -> String { throw .failed("no tasks") }
  func workPath(of task: LessonTask) -> String? { nil }
  func read(_ path: String) throws(CommandError) -> [UInt8] { throw .failed("no files") }
  func save(_ progress: LessonProgress) { saved = progress }
}

/// A student at the prompt.
private struct Student {
  let workshop = TestWorkshop()
  let transcript = Transcript()
  let lesson: Lesson
  let console: Console
  let player: LessonPlayer

  init(progress: LessonProgress? = nil, student: String = "ada") throws {
    lesson = try LessonReader(id: "20-test") { $0 == "lesson.md" ? Array(lessonText.utf8) : nil }.read()
    console = Console(session: try workshop.session("hello"), output: transcript)
    player = LessonPlayer(
      lesson, progress ?? LessonProgress(lesson, student: student), console: console, workshop: workshop)
    console.lesson = player
    try player.open()
    if progress == nil { _ = type("lesson next") }
  }

  /// What these lines show.
  func type(_ lines: String...) -> String {
    let before = transcript.text.count
    _ = console.interact(TypedLines(lines, transcript))
    return String(transcript.text.dropFirst(before))
  }

  /// The right answer to the question `word`, from the machine's own memory.
  var word: String {
    let ask = player.variant(lesson.quizzes[0]).ask
    let address = ask.split(separator: " ").last!.dropLast()
    return String(type("output/x *(unsigned int *)\(address)").split(separator: "\n").last!.prefix { $0 != "q" })
  }
}

@Suite("A lesson at the prompt")
struct LessonPlayerTests {
  @Test("A check is reached by the command that brings it about, and stays reached")
  func checks() throws {
    let student = try Student()
    #expect(!student.type("stepi 5").contains("Done"))
    #expect(student.type("stepi").contains("Done: It has started."))
    #expect(!student.type("stepi").contains("Done"))
    #expect(student.player.hasReached("started"))
  }

  @Test("A wrong, an empty, a right answer, and one to a question that makes no sense yet")
  func answers() throws {
    let student = try Student()
    #expect(student.type("answer").contains("The answer is missing"))
    #expect(student.type("answer word").contains("The answer is missing"))
    #expect(student.type("answer word 12").contains("Not so (word). Look with x."))
    #expect(student.type("answer later 0").contains("Six steps first."))
    #expect(student.type("answer nonsense").contains("Not so (word)"))
    #expect(student.type("answer word \(student.word)").contains("Right. (word)"))
    #expect(student.type("stepi 6", "answer later 0").contains("Right. (later)"))
    #expect(student.type("answer later 1").contains("Not so"))
    #expect(student.player.hasReached("later"), "what is right once stays so")
  }

  @Test("A step is left when all of it is done, or skipped")
  func steps() throws {
    let student = try Student()
    #expect(student.type("lesson next").contains("This step is not done yet."))
    #expect(student.player.step.number == 1)
    #expect(student.type("lesson skip").contains("Step 2 of 3: Second"))
    #expect(student.type("lesson go 3").contains("You have come to step 2"))
    #expect(student.type("stepi 200", "lesson next").contains("Step 3 of 3: Third"))
    #expect(student.console.session.technique.kind == .trapAndEmulate)
    #expect(student.console.session.machine.position == 0)
    let end = student.type("stepentry", "lesson next")
    #expect(end.contains("Done: There were exits."))
    #expect(end.contains("Open still: steps 1"))
    #expect(student.type("lesson go 2").contains("Step 2 of 3"))
    #expect(student.console.session.technique == .native)
    #expect(student.console.session.machine.position == 200, "the machine is as it was left there")
  }

  @Test("Who comes back finds the machine, the breakpoints and the answers as they were")
  func comingBack() throws {
    let student = try Student()
    _ = student.type("break *0x80000004", "stepi 3", "set $a5 = 77", "", "continue", "lesson skip", "stepi 10")
    _ = student.type("commands 1", "silent", "end", "define twice", "stepi", "stepi", "end", "twice")
    let saved = try #require(student.workshop.saved)
    let again = try Student(progress: LessonProgress(saved.bytes, path: "progress"))
    #expect(again.player.step.number == 2)
    let (before, now) = (student.console.session, again.console.session)
    #expect(now.machine.position == before.machine.position)
    #expect(try now.evaluate("$_digest()").bits == before.evaluate("$_digest()").bits)
    #expect(
      again.type("info breakpoints").contains("0x0000000080000004")
        || again.type("info breakpoints").contains("80000004"))
    #expect(again.type("twice").contains("stepi") == student.type("twice").contains("stepi"))
    #expect(again.console.session.machine.position == student.console.session.machine.position)
  }

  @Test("`lesson reset` begins the step again; the log forgets what was typed in it")
  func resets() throws {
    let student = try Student()
    _ = student.type("lesson skip", "stepi 300", "lesson reset")
    #expect(student.console.session.machine.position == 0)
    #expect(student.player.progress.log.entries.isEmpty)
  }

  @Test("Hints come one after the other")
  func hints() throws {
    let student = try Student()
    #expect(student.type("lesson hint").contains("One.\n(hint 1 of 2"))
    #expect(student.type("lesson hint").contains("Two.\n(the last hint)"))
    #expect(student.type("lesson hint").contains("Two."))
  }

  @Test("Without a lesson the commands say how to open one")
  func withoutLesson() throws {
    let prompt = try Prompt()
    for line in ["lesson", "lesson next", "answer 5"] {
      #expect(prompt.answer(line).contains("vitrine lesson start 1"))
    }
  }

  @Test("A lesson's text keeps to the width of the terminal", arguments: [30, 40, 60, 80])
  func wraps(width: Int) throws {
    let text = LessonText(width: width, style: Style(isEnabled: false))
    let document = Markdown.parse(
      """
      A paragraph with `code`, *stress* and a [link](https://example.org/) that is rather long, so that it has to be broken.

      - an item that is long enough to be broken, too, at least on the narrow screens
      - a short one

      | name | meaning |
      |---|---|
      | one | the first of several, explained in some words |
      """)
    for line in text.lines(document.map(\.block)) { #expect(line.count <= width, "\(line)") }
    let words = text.lines(document.map(\.block)).joined(separator: " ")
    for word in ["`code`,", "stress", "(https://example.org/)", "narrow", "explained"] { #expect(words.contains(word)) }
  }
}
