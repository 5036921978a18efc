import Foundation

/// A grade in the form that Gradescope's autograder takes as `results.json` (gradescope-autograders.readthedocs.io,
/// "Autograder Specifications"). It holds the ``GradeResult`` as extra data, so it is also what grading is resumed and merged from.
package struct Gradescope: Codable, Equatable, Sendable {
  package struct Test: Codable, Equatable, Sendable {
    package var number: String
    package var name: String
    package var score: Double
    package var maxScore: Double
    package var status: String
    package var output: String?
    /// Hidden checks are shown with the published grades; the others at once.
    package var visibility: String

    enum CodingKeys: String, CodingKey {
      case number, name, score, status, output, visibility
      case maxScore = "max_score"
    }
  }
  package struct Extra: Codable, Equatable, Sendable {
    package var vitrine: GradeResult
  }

  package var score: Double
  package var executionTime: Int
  package var output: String
  package var visibility = "visible"
  /// Standard output has the reasons of hidden checks.
  package var stdoutVisibility = "hidden"
  package var tests: [Test]
  package var extraData: Extra

  enum CodingKeys: String, CodingKey {
    case score, output, visibility, tests
    case executionTime = "execution_time"
    case stdoutVisibility = "stdout_visibility"
    case extraData = "extra_data"
  }

  package init(_ result: GradeResult) {
    score = Double(result.hundredths ?? 0) / 100
    executionTime = Int(result.seconds.rounded())
    tests = zip(result.checks, result.worths).enumerated().map { index, pair in
      let (check, worth) = pair
      let worthPoints = Double(worth) / 100
      return Test(
        number: "\(index + 1)", name: "\(check.id): \(check.says)", score: check.isReached ? worthPoints : 0,
        maxScore: worthPoints, status: check.isReached ? "passed" : "failed", output: check.isReached ? nil : check.why,
        visibility: check.isHidden ? "after_published" : "visible")
    }
    if result.status != .graded {
      tests = [
        Test(
          number: "1", name: "hand-in", score: 0, maxScore: 100, status: "failed", output: result.reason,
          visibility: "visible")
      ]
    }
    switch result.status {
    case .graded: output = result.reason ?? "Replayed; \(result.score ?? 0) of 100 points."
    case .review: output = "No grade yet: \(result.reason ?? "somebody has to look")."
    case .failed: output = result.reason ?? "It reached a limit."
    }
    extraData = Extra(vitrine: result)
  }

  /// The text of the file.
  package var json: String { Self.text(self) }

  /// Several, as a list.
  package static func json(_ all: [Gradescope]) -> String { text(all) }

  /// The grade in the text of such a file; nil where it is something else, or of another version.
  package static func result(in bytes: [UInt8]) -> GradeResult? {
    let result = try? JSONDecoder().decode(Gradescope.self, from: Data(bytes)).extraData.vitrine
    return result?.format == GradeResult.format ? result : nil
  }

  private static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(value)) ?? Data(), as: UTF8.self) + "\n"
  }
}
