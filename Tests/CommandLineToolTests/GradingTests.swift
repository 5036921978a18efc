import Foundation
import Guests
import LessonKit
import Testing

/// What a grade must be.
private struct Expected {
  var status = GradeResult.Status.graded
  var score: Int?
  /// How the first note begins.
  var note = ""
}

@Suite("Grading", .serialized)
struct GradingTests {
  @Test(
    "200 hand-ins, good, wrong, looping, malicious, cut off, of another's seed: the right grade for each, in minutes"
  )
  func twoHundred() throws {
    let course = try GradingCourse()
    let expected = try Self.fill(course)
    #expect(expected.count == 200)
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = try course.grade(
      [course.folder + "/in", "--max-instructions", "2000000", "--seconds", "4", "--memory", "128M", "--jobs", "2"])
    let elapsed = clock.now - start
    print("200 hand-ins graded in \(elapsed)")
    // Two minutes on two cores that have nothing else to do; here other tests run beside it.
    #expect(elapsed < .seconds(300))
    #expect(outcome.status == 1, "\(outcome.errors)")
    for (name, expected) in expected.sorted(by: { $0.key < $1.key }) {
      let result = try #require(course.result(name), "\(name) has no result")
      // What somebody must look at has no score.
      #expect(
        result.status == expected.status && result.score == expected.score, "\(name): \(result.status) \(result.notes)")
      #expect((result.notes.first ?? "").hasPrefix(expected.note), "\(name): \(result.notes)")
    }
    let reviews = expected.values.count { $0.status == .review }
    #expect(outcome.output.contains("\n200 hand-ins, \(200 - reviews) graded, \(reviews) for review; mean "))
    #expect(outcome.output.contains("seed belongs to good-1 (0x"))
    #expect(!FileManager.default.fileExists(atPath: course.stolen), "a hand-in wrote a file")
    let left = try FileManager.default.contentsOfDirectory(atPath: course.folder).sorted()
    #expect(left == ["20-grading", "in", "results"])
  }

  private static func fill(_ course: GradingCourse) throws -> [String: Expected] {
    var all: [String: Expected] = [:]
    func add(_ kind: String, _ count: Int, _ expected: Expected, _ change: (inout HandIn) throws -> Void) throws {
      for number in 1...count {
        var handIn = try course.good("\(kind)-\(number)")
        try change(&handIn)
        try course.write(handIn.bytes, "\(kind)-\(number)")
        all["\(kind)-\(number)"] = expected
      }
    }
    func addBytes(_ kind: String, _ count: Int, _ note: String, _ bytes: (HandIn, Int) throws -> [UInt8]) throws {
      for number in 1...count {
        try course.write(try bytes(try course.good("\(kind)-\(number)"), number), "\(kind)-\(number)")
        all["\(kind)-\(number)"] = Expected(status: .review, note: note)
      }
    }
    try add("good", 90, Expected(score: 100)) { _ in }
    try add("wrong", 20, Expected(score: 70, note: "check 3 product (-30): answered \"1\", which is wrong")) {
      $0.log[1].answer = "1"
    }
    try add("idle", 8, Expected(score: 30, note: "check 1 at-firmware (-30): nothing was done in step 1")) {
      $0.log = []
    }
    try add("astray", 2, Expected(score: 60, note: "check 1 at-firmware (-30): $pc is 4,100, not 0x80000000")) {
      $0.log[0].line = "stepi"
    }
    try add("endless", 8, Expected(score: 70, note: "check 4 ends-well (-30): Stopped: the limit of 5,000,000 instr")) {
      // j .
      $0.files["program"]?.data = GradingCourse.program([0x0000_006f])
    }
    // Traps that are taken over and over retire nothing, so no limit of instructions is ever reached.
    try add("storm", 2, Expected(score: 70, note: "it ran out of its 4 s in the checks' own machines")) {
      $0.files["program"]?.data = try GradingCourse.program("no-progress")
    }
    try add("garbage", 6, Expected(score: 70, note: "check 4 ends-well (-30): ")) {
      $0.files["program"]?.data = Data(
        [0x7f, 0x45, 0x4c, 0x46] + (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 37) })
    }
    try add("nothing", 2, Expected(score: 70, note: "check 4 ends-well (-30): nothing was handed in")) {
      $0.files = [:]
    }
    try add(
      "looping", 8,
      Expected(score: 100, note: "its guest reached the limit of 2,000,000 instructions in step 1 (`continue`)")
    ) {
      // A jump to itself.
      $0.log.append(.init(step: 1, line: "set var *(unsigned int *)0x80000000 = 0x6f"))
      $0.log.append(.init(step: 1, line: "continue"))
    }
    try add("forever", 6, Expected(score: 0, note: "it ran out of its 4 s in step 1 (`while 1`)")) {
      $0.log.insert(.init(step: 1, line: "while 1\nset $x = 1\nend"), at: 0)
    }
    try add("greedy", 4, Expected(status: .failed, score: 0, note: "it wanted more than 128 MiB of memory")) {
      // lui t1, 1; li t0, 0x80200000; li t2, 0x9c000000; loop: sd t0, (t0); add t0, t0, t1; bltu t0, t2, loop; j .
      $0.files["program"]?.data = GradingCourse.program([
        0x0000_1337, 0x4010_0293, 0x0152_9293, 0x4e00_0393, 0x0153_9393, 0x0052_b023, 0x0062_82b3, 0xfe72_ece3,
        0x0000_006f,
      ])
    }
    for (index, line) in attacks(course.stolen).enumerated() {
      var handIn = try course.good("attack-\(index)")
      handIn.log.insert(.init(step: 1, line: line), at: 0)
      try course.write(handIn)
      all["attack-\(index)"] = Expected(score: 100)
    }
    try addBytes("cut", 10, "it ends in the middle, after ") { handIn, number in
      let bytes = handIn.bytes
      let count = bytes.count * number / 11
      return Array(bytes[..<count]) + [UInt8(ascii: "x")]
    }
    try addBytes("thief", 6, "seed 0x") { handIn, _ in
      var copy = handIn
      copy.seed = "\(LessonSeed(lesson: handIn.lesson, student: "good-1"))"
      return copy.bytes
    }
    try addBytes("newer", 2, "it is \"vitrine-handin 2\", from vitrine 0.1.0") { handIn, _ in
      var copy = handIn
      copy.format = "vitrine-handin 2"
      return copy.bytes
    }
    try addBytes("older", 2, "it was made with vitrine 0.0.9, and this is 0.1.0") { handIn, _ in
      var copy = handIn
      copy.tool = "0.0.9"
      return copy.bytes
    }
    try addBytes("edition", 2, "it was made with another edition of 20-grading") { handIn, _ in
      var copy = handIn
      copy.lessonDigest = "0x1"
      return copy.bytes
    }
    try addBytes("image", 2, "this is no hand-in") { _, _ in Array(try GradingCourse.program("hello")) }
    return all
  }

  /// Commands that a replay must survive without effect.
  private static func attacks(_ path: String) -> [String] {
    [
      "source /etc/passwd", "shell touch \(path)", "!touch \(path)", "dump binary memory \(path) 0x1000 0x1010",
      "restore /etc/passwd binary 0x80000000", "save breakpoints \(path)", "trace \(path)", "symbol-file /etc/passwd",
      "list /etc/passwd:1", "define again\nagain\nend\nagain", "print " + String(repeating: "(", count: 4000) + "1",
      "quit", "lesson reset", "answer product 1", "console", "x/99999999999x 0x1000", "print *(char *)0@999999999",
      "\u{e9}\u{1f4a5}", "set logging enabled on", "printf \"%99999999s\\n\", \"x\"",
    ]
  }

  @Test("What was graded is kept, and graded again only where something changed")
  func resume() throws {
    let course = try GradingCourse()
    for student in ["ada", "bob"] { try course.write(try course.good(student)) }
    #expect(try course.grade([course.folder + "/in"]).status == 0)
    func mark(_ student: String) throws {
      var result = try #require(course.result(student))
      result.reason = "kept"
      try Gradescope(result).json.write(
        toFile: "\(course.folder)/results/\(student).json", atomically: true, encoding: .utf8)
    }
    try mark("ada")
    try mark("bob")
    var changed = try course.good("bob")
    changed.log.append(.init(step: 1, line: "stepi"))
    try course.write(changed)
    #expect(try course.grade([course.folder + "/in"]).status == 0)
    #expect(course.result("ada")?.reason == "kept")
    #expect(course.result("bob")?.reason == nil)
    #expect(try course.grade([course.folder + "/in", "--no-resume"]).status == 0)
    #expect(course.result("ada")?.reason == nil)
  }

  @Test("Parts that were graded apart are one report again")
  func shards() throws {
    let course = try GradingCourse()
    for number in 1...5 { try course.write(try course.good("s\(number)")) }
    let whole = try course.grade([course.folder + "/in"], output: "whole")
    for task in 4...6 {
      let part = try course.grade(
        [course.folder + "/in"], output: "parts",
        environment: [
          "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "4",
        ])
      #expect(part.errors.hasPrefix("vitrine: part \(task - 3) of 3 (SLURM_ARRAY_TASK_ID=\(task)): "))
    }
    let merged = try vitrine(["grade", "merge", course.folder + "/parts", "--output", course.folder + "/merged"])
    #expect(merged.status == 0, "\(merged.errors)")
    func rows(_ text: String) -> [Substring] { text.split(separator: "\n").dropLast() }
    #expect(rows(merged.output) == rows(whole.output))
    #expect(FileManager.default.fileExists(atPath: course.folder + "/merged/junit.xml"))
  }

  @Test("A lesson that was gone through and handed in has full marks, in each form")
  func whole() throws {
    let course = try GradingCourse()
    let home = ["XDG_DATA_HOME": course.folder + "/data"]
    // As students have it: without answers and hidden checks.
    let copy = course.folder + "/copy/20-grading"
    #expect(try vitrine(["lesson", "strip", course.lessonPath, copy]).status == 0)
    let typed = "stepstage\nanswer product \(try course.answer("ada"))\nlesson skip\nquit\n"
    let lesson = try vitrine(["lesson", "start", copy, "--student", "ada"], input: typed, environment: home)
    #expect(lesson.output.contains("Done: You stand at"), "\(lesson.output)\(lesson.errors)")
    let file = course.folder + "/in/ada.handin"
    let program = try #require(Guests.image(named: "hello"))
    let arguments = ["handin", copy, "--student", "ada", "program=\(program)", "-o", file]
    let handIn = try vitrine(arguments, environment: home)
    #expect(handIn.status == 0 && handIn.output.contains("1 command, 1 answer"), "\(handIn.output)\(handIn.errors)")
    #expect(try vitrine(arguments, environment: home).output.contains("; the one that was there is replaced"))
    let text = try course.grade([file])
    #expect(text.status == 0 && text.output.hasSuffix("\nScore: 100/100\n"), "\(text.output)\(text.errors)")
    let gradescope = try course.grade([file, "--format", "gradescope"])
    #expect(gradescope.output.contains("\"score\" : 100"))
    #expect(FileManager.default.fileExists(atPath: course.folder + "/results/results.json"))
    #expect(
      try course.grade([file, "--format", "tap"]).output.hasPrefix("TAP version 14\n1..1\n# Subtest: ada.handin\n"))
    #expect(try course.grade([file, "--format", "junit"]).output.contains("failures=\"0\" errors=\"0\">"))
    let other = try vitrine(["handin", course.lessonPath, "--student", "eve", "-o", file], environment: home)
    #expect(other.status == 1 && other.errors.contains("was begun as ada"))
    #expect(try vitrine(["handin", course.lessonPath, "--student", "../x"], environment: home).status == 64)
    let notes = course.lessonPath + "/lesson.md"
    #expect(
      try vitrine(["handin", course.lessonPath, "program=\(program)", "-o", notes], environment: home).errors
        .contains("is no hand-in; nothing was written"))
  }

  @Test("A copy of a lesson without its answers has the digest of the original, so both grade alike")
  func digests() throws {
    let folder = try vitrineProgram().deletingLastPathComponent().path + "/Vitrine_Lessons.resources/Course"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/lesson.md")
    }
    #expect(!names.isEmpty)
    for name in names {
      func read(stripped: Bool) throws -> Lesson {
        try LessonReader(id: name) { file in
          if file.hasSuffix("/.") {
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)/\(file)") ? [] : nil
          }
          let bytes = (try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)/\(file)"))).map { Array($0) }
          guard stripped, let bytes, file == LessonReader.fileName else { return bytes }
          return Array(LessonStripper.strip(String(decoding: bytes, as: UTF8.self)).utf8)
        }.read()
      }
      #expect(try read(stripped: true).digest == read(stripped: false).digest, "\(name)")
    }
  }

  @Test("Whoever typed what a lesson shows has reached its checks when it is graded")
  func lessons() throws {
    let course = try GradingCourse()
    let folder = try vitrineProgram().deletingLastPathComponent().path + "/Vitrine_Lessons.resources/Course"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name != "README.md" {
      let lesson = try LessonReader(id: name) { file in
        if file.hasSuffix("/.") {
          return FileManager.default.fileExists(atPath: "\(folder)/\(name)/\(file)") ? [] : nil
        }
        return (try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)/\(file)"))).map { Array($0) }
      }.read()
      guard lesson.tasks.isEmpty else { continue }
      var handIn = try course.good("ada")
      handIn = HandIn(
        tool: handIn.tool, lesson: name, lessonDigest: "\(LessonSeed(lesson.digest))", student: "ada", guests: [:],
        log: lesson.steps.flatMap { step in Self.commands(step).map { .init(step: step.number, line: $0) } }, files: [:]
      )
      try course.write(handIn.bytes, name)
      let outcome = try vitrine(
        ["grade", name, "\(course.folder)/in/\(name).handin", "--output", "\(course.folder)/results"])
      let result = try #require(course.result(name), "\(outcome.errors)")
      #expect(result.status == .graded && result.reason == nil, "\(name): \(result.reason ?? "")")
      let checks = Set(lesson.checks.map(\.id))
      for check in result.checks where checks.contains(check.id) && !check.isReached {
        Issue.record("\(name): \(check.id): \(check.why)")
      }
    }
  }

  /// What a step shows to type, with the lines that a command reads on.
  private static func commands(_ step: LessonStep) -> [String] {
    var commands: [String] = []
    var depth = 0
    for case .repl(let lines) in step.blocks.map(\.kind) {
      for line in lines {
        let word = line.split(separator: " ").first.map(String.init) ?? ""
        if depth > 0 { commands[commands.count - 1] += "\n" + line } else { commands.append(line) }
        if ["commands", "define", "document", "if", "while"].contains(word) { depth += 1 }
        if word == "end", depth > 0 { depth -= 1 }
      }
    }
    return commands
  }

  @Test("What cannot be read ends with status 2, wrong usage with 64")
  func badInput() throws {
    let course = try GradingCourse()
    try course.write(try course.good("ada"))
    let roster = course.folder + "/roster.csv"
    try "id,name\nada,A\nbob,B\nada,C\n".write(toFile: roster, atomically: true, encoding: .utf8)
    let twice = try course.grade([course.folder + "/in", "--roster", roster])
    #expect(twice.status == 2 && twice.errors == "Error: --roster \(roster):4: ada is there twice, first on line 2\n")
    #expect(try course.grade(["/nowhere.handin"]).status == 2)
    #expect(try vitrine(["grade", "/nowhere", course.folder + "/in"]).status == 2)
    #expect(try course.grade([course.folder + "/in", "--shard", "3/2"]).status == 64)
    #expect(try course.grade([course.folder + "/in", "--seconds", "0"]).status == 64)
    #expect(try course.grade([course.folder + "/in", "--format", "html"]).status == 64)
    #expect(try vitrine(["grade", "merge", roster, "--output", course.folder + "/m"]).status == 2)
  }
}
