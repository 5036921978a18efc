import LessonKit
import Testing

/// A lesson that is right, with places to make it wrong.
private func lessonText(
  front: String = "machine: hello", body: String = "```check\nid: there\nsays: There.\nholds: $pc == 1\n```"
) -> String {
  """
  ---
  title: T
  minutes: 15
  goals:
    - one
  \(front)
  ---

  # T

  Text.

  ## First

  \(body)
  """
}

private func read(_ text: String, _ others: [String: String] = [:]) throws(LessonProblem) -> Lesson {
  try LessonReader(id: "20-test") { name in
    name == "lesson.md" ? Array(text.utf8) : others[name].map { Array($0.utf8) }
  }.read()
}

@Suite("Reading lessons")
struct LessonReaderTests {
  @Test("A lesson has a title, steps, checks, and the machine of each step")
  func whole() throws {
    let text = lessonText(
      body: """
        Some *text* with `code`.

        ```repl
        stepi
        ```

        ```expect
        one
        ```

        ## Second

        ```machine
        nano --technique emulation
        ```

        ```quiz
        id: q
        ask: What is {a}?
        with:
          a: [1, 2]
        answer: "{a}"
        ```

        ```hint
        Look.
        ```
        """)
    let lesson = try read(text)
    #expect(lesson.title == "T")
    #expect(lesson.number == "20")
    #expect(lesson.steps.map(\.title) == ["First", "Second"])
    #expect(lesson.machine(ofStep: 1) == "hello")
    #expect(lesson.machine(ofStep: 2) == "nano --technique emulation")
    #expect(lesson.firstStepOnMachine(ofStep: 2) == 2)
    #expect(lesson.steps[0].blocks.map(\.line) == [15, 17, 21])
    #expect(lesson.steps[1].quizzes.map(\.variantCount) == [2])
    #expect(lesson.steps[1].hints == ["Look."])
  }

  struct Wrong: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var others: [String: String] = [:]
    /// File, line and a word of the message.
    var place: String
    var word: String
    var testDescription: String { name }
  }

  static let wrong: [Wrong] = [
    Wrong(name: "no front matter", text: "# T\n", place: "lesson.md:1:", word: "front matter"),
    Wrong(name: "an open front matter", text: "---\ntitle: T\n", place: "lesson.md:1:", word: "second `---`"),
    Wrong(
      name: "front matter that is no YAML", text: lessonText(front: "machine: [a\nx"), place: "lesson.md:",
      word: "no YAML"),
    Wrong(
      name: "a member that there is not", text: lessonText(front: "machine: hello\ncolour: red"), place: "lesson.md:7:",
      word: "colour"),
    Wrong(
      name: "no machine", text: lessonText(front: "needs: []"), place: "lesson.md:2:", word: "`machine:` is missing"),
    Wrong(
      name: "a block of unknown kind", text: lessonText(body: "```chek\nid: a\n```"), place: "lesson.md:15:",
      word: "unknown kind: chek"),
    Wrong(
      name: "an assertion that assigns", text: lessonText(body: "```check\nid: a\nsays: S\nholds: $pc = 1\n```"),
      place: "lesson.md:18:", word: "may only look"),
    Wrong(
      name: "an assertion that is no expression",
      text: lessonText(body: "```check\nid: a\nsays: S\nholds: $pc ==\n```"),
      place: "lesson.md:18:", word: "syntax error"),
    Wrong(
      name: "a check without an id", text: lessonText(body: "```check\nsays: S\nholds: 1\n```"), place: "lesson.md:16:",
      word: "`id:` is missing"),
    Wrong(
      name: "an id twice",
      text: lessonText(body: "```check\n- {id: a, says: S, holds: 1 == 2}\n- {id: a, says: S, holds: 1 == 2}\n```"),
      place: "lesson.md:17:", word: "twice"),
    Wrong(
      name: "expect without commands", text: lessonText(body: "```expect\nx\n```"), place: "lesson.md:15:",
      word: "right behind"),
    Wrong(
      name: "a question about nothing", text: lessonText(body: "```quiz\nid: q\nask: What is {a}?\nanswer: 1\n```"),
      place: "lesson.md:16:", word: "{a}"),
    Wrong(name: "HTML", text: lessonText(body: "<b>no</b>\n\n<div>x</div>"), place: "lesson.md:", word: "HTML"),
    Wrong(
      name: "a shell command of another program", text: lessonText(body: "```shell\nrm -rf x\n```"),
      place: "lesson.md:16:",
      word: "begins with `vitrine`"),
    Wrong(
      name: "a task's file outside",
      text: lessonText(body: "```task\nid: t\nsays: S\nkind: c\nfile: ../x.c\n```"), place: "lesson.md:16:",
      word: "in the lesson's folder"),
    Wrong(
      name: "a hidden check of no step", text: lessonText(),
      others: ["instructor.yaml": "hidden:\n  - {id: h, step: 9, says: S, holds: 1 == 2}\n"],
      place: "instructor.yaml:2:", word: "no step 9"),
    Wrong(
      name: "a failing transcript of no check", text: lessonText(),
      others: ["instructor.yaml": "fails:\n  nobody: {commands: [x]}\n"],
      place: "instructor.yaml:2:", word: "no check nobody"),
  ]

  @Test("What is wrong is told with file and line", arguments: wrong)
  func refused(_ wrong: Wrong) throws {
    let error = #expect(throws: LessonProblem.self) { try read(wrong.text, wrong.others) }
    let text = try #require(error).description
    #expect(text.hasPrefix(wrong.place), "\(text)")
    #expect(text.contains(wrong.word), "\(text)")
  }

  @Test("A seed follows from lesson and student alone, and chooses among all variants")
  func seeds() throws {
    let quiz = "```quiz\nid: q\nask: What is {a}?\nwith:\n  a: {from: 1, to: 8}\nanswer: \"{a}\"\n```"
    let lesson = try read(lessonText(body: quiz))
    let seeds = (0..<200).map { LessonSeed(lesson: lesson.id, student: "s\($0)") }
    #expect(Set(seeds).count == 200)
    #expect(seeds[3] == LessonSeed(lesson: "20-test", student: "s3"))
    #expect(LessonSeed(parsing: seeds[3].description) == seeds[3])
    let asked = Set(seeds.map { lesson.quizzes[0].variant($0).ask })
    #expect(asked == Set((1...8).map { "What is \($0)?" }))
  }

  @Test("A copy for students has neither answers nor expectations")
  func stripped() throws {
    let body = """
      ```repl
      stepi
      ```

      ```expect
      secret
      ```

      ```quiz
      id: q
      ask: Which is {p}?
      cases:
        - {p: x, answer: hidden one}
        - {p: y, answer: hidden two}
      choices: [hidden one, hidden two]
      else: because
      ```
      """
    let text = LessonStripper.strip(lessonText(body: body))
    #expect(!text.contains("secret"))
    #expect(!text.contains("because"))
    let lesson = try read(text)
    #expect(lesson.quizzes[0].cases.allSatisfy { $0["answer"] == nil })
    #expect(lesson.quizzes[0].choices.count == 2)
  }
}

@Suite("Expected text")
struct ExpectedTextTests {
  @Test(
    "… alone stands for lines, … in a line for characters",
    arguments: [
      ("a\nb\n", "a\nb\n", true), ("a\n…\nc\n", "a\nc\n", true), ("a\n…\nc\n", "a\nx\ny\nc\n", true),
      ("a\n…\n", "b\n", false),
      ("a … c\n", "a bb c\n", true), ("a … c\n", "a bb d\n", false), ("a\n", "a\nb\n", false),
      ("…\nb\n…\n", "a\nb\nb\n", true),
      ("a  \n", "a\n", true),
    ])
  func matches(expected: String, actual: String, isAlike: Bool) {
    #expect((ExpectedText(expected).difference(from: actual) == nil) == isAlike)
  }
}

@Suite("Answers")
struct QuizAnswerTests {
  @Test(
    "A number is one however it is written; a fraction within one in a hundred",
    arguments: [
      (QuizAnswer.whole(0x8000_1000), "0x80001000", true), (.whole(0x8000_1000), "gpa:0x80001000", true),
      (.whole(0x8000_1000), "2147487744", true), (.whole(1_000_000), "1,000,000", true), (.whole(15), "16", false),
      (.whole(15), "", false),
      (.whole(.max), "-1", true), (.real(4.8), "4.8", true), (.real(4.8), "4.9", false),
      (.text("hidden-fault"), "Hidden-Fault ", true),
      (.text("a b"), "ab", true), (.whole(797), "797 cycles", true), (.whole(797), "kernel 797", true),
      (.whole(797), "797 798", false), (.whole(0), "no answer at all", false), (.whole(0), "no", true),
      (.whole(13039), "13 039", true), (.text("a"), "b", false),
    ])
  func numbers(answer: QuizAnswer, text: String, isRight: Bool) { #expect(answer.agrees(with: text) == isRight) }
}
