import Foundation
import LessonKit
import Testing

@Suite("Hand-ins")
struct HandInTests {
  static let good = HandIn(
    tool: "0.1.0", lesson: "08-shadow", lessonDigest: "0x1", student: "ada", guests: ["hello": "0x2"],
    log: [.init(step: 1, line: "stepi"), .init(step: 2, quiz: "translate", answer: "0x80000000")],
    files: ["monitor": .init(name: "monitor.elf", data: Data([0x7f, 0x45]))])

  /// The good hand-in with one member changed, as text.
  static func changed(_ change: (inout [String: Any]) -> Void) throws -> [UInt8] {
    var object = try #require(JSONSerialization.jsonObject(with: Data(good.bytes)) as? [String: Any])
    change(&object)
    return Array(try JSONSerialization.data(withJSONObject: object))
  }

  static func message(_ bytes: [UInt8]) -> String? {
    do {
      _ = try HandIn(reading: bytes)
      return nil
    } catch { return "\(error)" }
  }

  @Test("What is written is read back, and the same hand-in gives the same bytes")
  func roundTrip() throws {
    #expect(try HandIn(reading: Self.good.bytes) == Self.good)
    #expect(Self.good.bytes == Self.good.bytes)
    #expect(Self.good.wrongSeed == nil)
  }

  @Test("A seed that does not follow from lesson and student is found out")
  func seeds() throws {
    var stolen = Self.good
    stolen.student = "dan"
    #expect(stolen.wrongSeed == Self.good.seed)
  }

  @Test("Every piece of a hand-in that was cut off is refused, and says that it was")
  func truncated() {
    let bytes = Self.good.bytes.dropLast(2)
    for count in stride(from: 1, to: bytes.count, by: 7) {
      let message = Self.message(Array(bytes.prefix(count)))
      #expect(message != nil)
      if bytes[count - 1] != UInt8(ascii: "}") {
        #expect(message == "it ends in the middle, after \(count) bytes: ask for it again")
      }
    }
    #expect(Self.message([]) == "it is empty: ask for it again")
    #expect(Self.message([10, 32]) == "it is empty: ask for it again")
  }

  @Test("What is no hand-in says so")
  func others() throws {
    let other = ": ask for the file that `vitrine handin` writes"
    #expect(Self.message(Array("\u{7f}ELF".utf8)) == "this is no hand-in (it is no JSON)" + other)
    #expect(Self.message(Array("[]".utf8))?.hasPrefix("this is no hand-in (it is not an object)") == true)
    #expect(Self.message(Array("{}".utf8)) == "this is no hand-in (its \"format\" is not \"vitrine-handin 1\")" + other)
    #expect(Self.message([UInt8](repeating: 91, count: 1_000_000))?.hasPrefix("this is no hand-in") == true)
    #expect(
      Self.message([UInt8](repeating: 32, count: (4 << 20) + 1))?.hasPrefix(
        "it has 4194305 bytes, and a hand-in at most 4194304")
        == true)
    #expect(
      Self.message(Array("{\"format\": \"vitrine-handin 2\", \"tool\": \"0.9.0\"}".utf8))
        == "it is \"vitrine-handin 2\", from vitrine 0.9.0, and this tool reads \"vitrine-handin 1\": "
        + "grade it with that version, or ask for one of this")
  }

  @Test(
    "A member that is wrong is named",
    arguments: [
      ("log", #""x""#, "log: it is not a list"), ("student", "7", "student: it is not a text"),
      ("student", #""../ada""#, "student: a student id has letters, digits, and _ - . @ + alone, not `/`"),
      ("student", #"".ada""#, "student: a student id begins with a letter, a digit or `_`: not \".ada\""),
      ("student", #""""#, "student: the student id is empty"),
      ("lesson", #""\u001b[2J""#, "lesson: it has control characters"),
      ("log", #"[{"step": -1, "line": "run"}]"#, "log[0].step: there is no step -1"),
      ("log", #"[{"step": 1}]"#, "log[0]: it must have either a line, or a quiz and its answer"),
      ("log", #"[{"step": 1, "line": "a", "quiz": "b", "answer": "c"}]"#, "log[0]: it must have either a line"),
      ("log", #"[{"step": 1, "line": "a"}, {"step": "x"}]"#, "log[1].step: it is not a whole number"),
      ("log", #"[{"step": 1, "line": "LONG"}]"#, "log[0].line: 20000 bytes, and at most 16384"),
      ("files", #"{"m": {"name": "m.elf", "data": "%%%"}}"#, "files.m.data: it is no base64"),
      ("files", #"{"m": {"name": "../m", "data": ""}}"#, "files.m.name: \"../m\" is not the plain name of a file"),
      ("guests", #"{"hello": "LONG"}"#, "guests.hello: 20000 bytes, and at most 200"),
    ])
  func members(member: String, value: String, expected: String) throws {
    let text = value.replacingOccurrences(of: "LONG", with: String(repeating: "x", count: 20_000))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    let message = Self.message(try Self.changed { $0[member] = object })
    #expect(message?.hasPrefix(expected) == true, "\(message ?? "accepted")")
  }

  @Test("A missing member is named", arguments: ["tool", "lesson", "student", "seed", "log", "files", "guests"])
  func missing(member: String) throws {
    let message = Self.message(try Self.changed { $0[member] = nil })
    #expect(message == "\(member): it is missing; ask for the file that `vitrine handin` writes")
  }

  @Test("More entries than a person types are refused")
  func entries() throws {
    var long = Self.good
    long.log = [LessonLog.Entry](repeating: .init(step: 1, line: ""), count: 20_001)
    #expect(Self.message(long.bytes)?.hasPrefix("log: 20001 entries, and at most 20000 are graded") == true)
  }
}
