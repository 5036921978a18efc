import Foundation
import Testing

@Suite("vitrine classify")
struct ClassifyTests {
  @Test("The verdicts, a hole with its offenders, and files that say the same")
  func verdicts() throws {
    let plain = try vitrine(["classify"])
    #expect(plain.status == 0 && plain.errors.isEmpty, "\(plain.errors)")
    #expect(plain.output.contains("by trap and emulate (theorem 1): VIRTUALIZABLE"))
    #expect(!plain.output.contains("NOT virtualizable"))
    #expect(plain.output.split(separator: "\n").allSatisfy { $0.count <= 120 })

    let json = NSTemporaryDirectory() + "vitrine-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: json) }
    let holed = try vitrine(["classify", "--quirk", "xret-ignored", "--json", json])
    #expect(holed.status == 0 && holed.output.contains("by trap and emulate (theorem 1): NOT virtualizable"))
    let data = try #require(FileManager.default.contents(atPath: json))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let classic = try #require(object["classic"] as? [String: Any])
    #expect(classic["virtualizable"] as? Bool == false && classic["offenders"] as? [String] == ["mret", "sret"])
  }

  @Test("A class lists its instructions, a line each")
  func list() throws {
    let outcome = try vitrine(["classify", "--quirk", "xret-ignored", "--class", "offender"])
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("mret") && lines[2].hasPrefix("sret"))
    #expect(try vitrine(["classify", "--class", "offender"]).output.hasPrefix("No instruction"))
  }

  @Test(
    "What is wrong is named",
    arguments: [
      (["--quirk", "vax"], 64, "the quirks are csr-write-ignored"),
      (["--class", "naughty"], 64, "the classes are innocuous"),
      (["--json", "/nowhere/file.json"], 1, "/nowhere/file.json"), (["--csv", "/"], 1, "that is a folder"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], status: Int32, text: String) throws {
    let outcome = try vitrine(["classify"] + arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}
