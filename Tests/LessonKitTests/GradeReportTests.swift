import Foundation
import LessonKit
import Testing

@Suite("Grade reports")
struct GradeReportTests {
  static let lesson = GradedLesson(id: "hw3", title: "Shadow page tables", digest: "0x1")
  static let limits = GradingLimits(instructions: 50_000_000, seconds: 20, memory: 64 << 20)

  static func result(
    _ student: String, _ lost: [Int: String] = [:], status: GradeResult.Status = .graded, reason: String? = nil
  ) -> GradeResult {
    var result = GradeResult(
      lesson: lesson, handIn: "\(student).handin", student: student, status: status, reason: reason, limits: limits)
    if status == .graded {
      result.checks = [10, 40, 20, 20, 10].enumerated().map { index, points in
        CheckOutcome(
          id: "c\(index + 1)", says: "Check \(index + 1) holds.", step: index + 1, points: points,
          isReached: lost[index + 1] == nil, reason: lost[index + 1], isHidden: index == 3)
      }
    }
    return result
  }

  static let session: [GradeResult] = {
    var dan = result("dan", status: .review)
    dan.wrongSeed = "\(LessonSeed(lesson: "hw3", student: "bob"))"
    return [
      dan, result("carol", status: .failed, reason: "no marker within 50,000,000: trap storm"), result("ada"),
      result("bob", [4: "hidden faults <= 400, found 2,817", 5: "hart 1 used a stale entry at retired 2,204,118"]),
    ]
  }()

  @Test("The report of a course: aligned, only lost points explained, the mean of what was graded")
  func text() {
    let report = GradeReport(Self.session, lesson: Self.lesson, limits: Self.limits)
    let seed = "\(LessonSeed(lesson: "hw3", student: "bob"))".prefix(6)
    #expect(
      report.lines(wrote: ["results/*.json (Gradescope)", "junit.xml"]) == [
        "hw3 \"Shadow page tables\", 100 points; limits 50,000,000 instructions, 20 s, 64 MiB each; every hand-in replayed",
        "  ada     100/100",
        "  bob      70/100  check 4 c4 (-20): hidden faults <= 400, found 2,817",
        "                   check 5 c5 (-10): hart 1 used a stale entry at retired 2,204,118",
        "  carol     0/100  no marker within 50,000,000: trap storm",
        "  dan      review  seed belongs to bob (\(seed)...): this hand-in was not made with dan's seed",
        "4 hand-ins, 3 graded, 1 for review; mean 56.7; wrote results/*.json (Gradescope), junit.xml",
      ])
    #expect(!report.isFull)
  }

  @Test("One hand-in ends with its score")
  func single() {
    let report = GradeReport([Self.session[3]], lesson: Self.lesson, limits: Self.limits)
    #expect(report.lines().last == "Score: 70/100")
    #expect(GradeReport([Self.session[0]], lesson: Self.lesson, limits: Self.limits).lines().last == "Score: 0/100")
  }

  @Test("The roster gives the order, names who is missing, and puts strangers and second hand-ins to review")
  func roster() throws {
    let roster = try Roster("id\nerin\nbob\nada\ndan\n", file: "r.csv")
    var again = Self.result("ada")
    again.handIn = "ada-late.handin"
    let report = GradeReport(Self.session + [again], lesson: Self.lesson, limits: Self.limits, roster: roster)
    #expect(
      report.results.map(\.handIn) == ["bob.handin", "ada-late.handin", "ada.handin", "dan.handin", "carol.handin"])
    #expect(report.results.map(\.status) == [.graded, .review, .review, .review, .review])
    #expect(report.results[1].reason == "ada handed in 2 times: ada-late.handin, ada.handin; keep one")
    #expect(report.results[4].reason == "carol is not on the roster")
    #expect(report.missing.map(\.id) == ["erin"])
    #expect(report.lines().contains("nothing from erin"))
  }

  @Test("Points are scaled to 100 exactly, and 100 is only for who lost nothing")
  func scale() {
    func graded(_ points: [(Int, Bool)]) -> GradeResult {
      var result = Self.result("ada")
      result.checks = points.enumerated().map {
        CheckOutcome(id: "c\($0)", says: "", step: 1, points: $1.0, isReached: $1.1)
      }
      return result
    }
    #expect(graded([(5, true), (5, true), (5, false)]).score == 67)
    #expect(graded([(5, true), (5, true), (5, false)]).worths.reduce(0, +) == 10_000)
    #expect(graded([(999, true), (1, false)]).score == 99)
    #expect(graded([(5, true), (0, false)]).score == 100)
    #expect(graded([]).score == 100)
    #expect(
      graded([(1, false), (2, false)]).notes == [
        "check 1 c0 (-33.3): does not hold: ", "check 2 c1 (-66.7): does not hold: ",
      ])
  }

  @Test("Gradescope's file holds the scores in its own words, and the grade to go on from")
  func gradescope() throws {
    let bob = Self.session[3]
    let json = Gradescope(bob).json
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["score"] as? Double == 70)
    #expect(object["stdout_visibility"] as? String == "hidden")
    let tests = try #require(object["tests"] as? [[String: Any]])
    #expect(tests.compactMap { $0["max_score"] as? Double } == [10, 40, 20, 20, 10])
    #expect(tests.compactMap { $0["score"] as? Double } == [10, 40, 20, 0, 0])
    #expect(tests.compactMap { $0["visibility"] as? String }.filter { $0 != "visible" } == ["after_published"])
    #expect(tests[3]["output"] as? String == "hidden faults <= 400, found 2,817")
    #expect(Gradescope.result(in: Array(json.utf8)) == bob)
    #expect(Gradescope.result(in: Array("{\"score\": 1}".utf8)) == nil)
  }

  @Test("JUnit's XML is well formed, whatever a message holds")
  func junit() throws {
    let nasty = Self.result("eve", [4: "<b> & \"q\" 'x' ]]>\u{1}\n"])
    let xml = GradeReport(Self.session + [nasty], lesson: Self.lesson, limits: Self.limits).junit
    #expect(xml.contains("<testsuites name=\"hw3\" tests=\"17\" failures=\"4\" errors=\"1\">"))
    #expect(xml.contains("<failure message=\"&lt;b&gt; &amp; &quot;q&quot; &apos;x&apos; ]]&gt;\u{fffd}&#10;\"/>"))
    #expect(xml.contains("<testsuite name=\"dan\" tests=\"1\" failures=\"0\" errors=\"1\" time=\"0.000\">"))
  }

  @Test("TAP 14 has a subtest for each hand-in, with numbers, plans and escapes")
  func tap() {
    let bob = Self.result("bob", [4: "a # \"b\"\\"])
    let tap = GradeReport([bob, Self.session[0]], lesson: Self.lesson, limits: Self.limits).tap
    #expect(
      tap.hasPrefix(
        """
        TAP version 14
        1..2
        # Subtest: bob.handin
            1..5
            ok 1 - c1: Check 1 holds.
            ok 2 - c2: Check 2 holds.
            ok 3 - c3: Check 3 holds.
            not ok 4 - c4: Check 4 holds.
              ---
              message: "a # \\"b\\"\\\\"
              lost: 20
              ...
            ok 5 - c5: Check 5 holds.
        not ok 1 - bob.handin
          ---
          student: "bob"
          status: graded
          score: 80
          ...
        # Subtest: dan.handin
            1..1
            not ok 1 - hand-in

        """))
    #expect(tap.hasSuffix("  ---\n  student: \"dan\"\n  status: review\n  ...\n"))
  }
}

@Suite("Grading one hand-in")
struct GradeOneTests {
  struct Fixed: HandInReplayer {
    var lesson = GradedLesson(id: "08-shadow", title: "Shadow", digest: "0x1")
    func guestDigest(_ name: String) -> String? { name == "hello" ? "0x2" : nil }
    func replay(_ handIn: HandIn, limits: GradingLimits) throws -> ReplayOutcome {
      if handIn.log.isEmpty { throw HandInError.empty }
      return ReplayOutcome(checks: [.init(id: "c", says: "It holds.", step: 1, points: 5, isReached: true)])
    }
  }

  private func grade(_ change: (inout HandIn) -> Void) -> GradeResult {
    var handIn = HandInTests.good
    change(&handIn)
    return GradeResult(
      grading: handIn.bytes, file: "ada.handin", with: Fixed(), tool: "0.1.0", limits: .standard)
  }

  @Test("A good one is replayed and graded")
  func good() {
    let result = grade { _ in }
    #expect(result.status == .graded && result.isFull && result.student == "ada")
  }

  @Test("What was made with something else is for review, and says what")
  func review() {
    func reason(_ change: (inout HandIn) -> Void) -> String? {
      let result = grade(change)
      #expect(result.status == .review && result.score == nil && result.checks.isEmpty)
      return result.reason
    }
    #expect(reason { $0.lesson = "07-exits" } == "it is of lesson 07-exits, not of 08-shadow")
    #expect(
      reason { $0.tool = "0.0.9" } == "it was made with vitrine 0.0.9, and this is 0.1.0: grade it with that version")
    #expect(
      reason { $0.lessonDigest = "0x9" }?.hasPrefix("it was made with another edition of 08-shadow (0x9, here 0x1)")
        == true)
    #expect(
      reason { $0.guests["hello"] = "0x9" }?.hasPrefix("its guest hello was another build (0x9, here 0x2)") == true)
    #expect(reason { $0.guests["other"] = "0x9" } == "it ran a guest that is not here: other")
    #expect(reason { $0.student = "dan" }?.hasSuffix(": this hand-in was not made with dan's seed") == true)
    #expect(reason { $0.log = [] }?.hasPrefix("it cannot be replayed: ") == true)
  }

  @Test("A file that is no hand-in is for review, under the name of the file")
  func unreadable() {
    let result = GradeResult(
      grading: Array("x".utf8), file: "bob_12.handin", with: Fixed(), tool: "0.1.0", limits: .standard)
    #expect(result.status == .review && result.name == "bob_12" && result.student == nil)
  }

  @Test("A key tells apart what runs together")
  func keys() {
    func key(_ parts: String...) -> String {
      var key = GradeKey()
      for part in parts { key.add(part) }
      return "\(key)"
    }
    #expect(key("ab", "c") != key("a", "bc"))
    #expect(key("ab") == key("ab"))
  }
}
