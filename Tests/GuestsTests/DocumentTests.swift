import Foundation
import Testing

/// What the README and the lessons show is what the built program answers.
///
/// With `VITRINE_UPDATE_SESSIONS=1` the documents are written anew; look at the difference before you commit it.
@Suite("Documents with sessions", .enabled(if: BuiltTool.path != nil, "vitrine was not built beside the tests"))
struct DocumentTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let updates = ProcessInfo.processInfo.environment["VITRINE_UPDATE_SESSIONS"] != nil

  private static let lessons: [String] = {
    let course = root.appendingPathComponent("Lessons/Course").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: course)) ?? []
    return names.filter { FileManager.default.fileExists(atPath: "\(course)/\($0)/lesson.md") }.sorted()
  }()

  @Test("The session in the README is a real one")
  func readme() throws {
    let document = Self.root.appendingPathComponent("README.md")
    let text = try String(contentsOf: document, encoding: .utf8)
    let lines = text.components(separatedBy: "\n")
    let first = try #require(lines.firstIndex(of: "```console"), "README.md has no block ```console")
    let end = try #require(lines[(first + 1)...].firstIndex(of: "```"))
    let start = lines[first + 1]
    #expect(start.hasPrefix("$ vitrine debug "))

    var typed: [String] = []
    for line in lines[(first + 2)..<end] {
      if line.hasPrefix("(vitrine) ") { typed.append(String(line.dropFirst(10))) }
      if line == "^C" { typed[typed.count - 1] += "\n^C" }
    }
    let answers = try BuiltTool.converse(
      typed.map { $0.components(separatedBy: "\n") },
      arguments: start.split(separator: " ").dropFirst(3).map(String.init), awaited: "booting\n")
    var session = [start]
    for (command, answer) in zip(typed, answers) {
      let command = command.components(separatedBy: "\n")
      session.append("(vitrine) \(command[0])")
      var answer = answer.components(separatedBy: "\n").dropLast()
      if command.contains("^C"), let stop = answer.firstIndex(where: { $0.hasPrefix("Stopped") }) {
        answer.insert("^C", at: stop)
      }
      session += answer
    }

    if Self.updates {
      let updated = lines[...first] + session + lines[end...]
      try updated.joined(separator: "\n").write(to: document, atomically: true, encoding: .utf8)
    } else {
      #expect(session.map(withoutCounts) == lines[(first + 1)..<end].map(withoutCounts))
    }
  }

  @Test(
    "A lesson passes its linter: what it says is shown, checks can fail and hold, questions have answers",
    arguments: lessons)
  func lesson(name: String) throws {
    let folder = Self.root.appendingPathComponent("Lessons/Course/\(name)").path
    let outcome = try Program.run(
      #require(BuiltTool.path), ["lesson", "lint", folder] + (Self.updates ? ["--update"] : []), withErrors: true,
      seconds: 300)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// How many traps there were until Ctrl-C depends on the hand that pressed it.
  private func withoutCounts(_ line: String) -> String {
    guard line.hasPrefix("Stopped: no progress. "), let rest = line.range(of: " traps since") else { return line }
    return "Stopped: no progress. N" + line[rest.lowerBound...]
  }
}
