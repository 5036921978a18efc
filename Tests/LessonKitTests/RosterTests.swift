import LessonKit
import Testing

@Suite("Rosters")
struct RosterTests {
  private func message(_ text: String) -> String? {
    do {
      _ = try Roster(text, file: "cs536.csv")
      return nil
    } catch { return "\(error)" }
  }

  @Test("A roster is read as spreadsheets write it")
  func reading() throws {
    let text = "\u{feff}Name, ID ,section\r\n\"Lovelace, Ada\",ada,1\r\n\r\n\"Bob \"\"B\"\"\nBuilder\" , bob ,2"
    let roster = try Roster(text, file: "r.csv")
    #expect(roster.students.map(\.id) == ["ada", "bob"])
    #expect(roster.student("ada")?.name == "Lovelace, Ada")
    #expect(roster.student("bob")?.name == "Bob \"B\"\nBuilder")
    #expect(try Roster("id\nada\n", file: "r.csv").students == [.init(id: "ada", name: nil)])
  }

  @Test(
    "What is wrong with a roster is told with file and line",
    arguments: [
      ("id,name\nada,A\nbob,B\n\nada,C\n", "5: ada is there twice, first on line 2"),
      ("id,name\nada,A\n,B\n", "3: the student id is empty"), ("id\nada\na/b\n", "3: a student id has letters"),
      ("login,name\nada,A\n", "1: no column is called id; the header has login, name"),
      (
        "id;name\nada;A\n", "1: no column is called id; the header has id;name; its columns must be separated by commas"
      ),
      ("id,id\nada,bob\n", "1: two columns are called id"), ("", "1: it is empty"),
      ("id,name\n", "1: no student follows the header"), ("id,name\nada\n", "2: 1 fields, where the header has 2"),
      ("id,name\nada,\"A\nbob,B\n", "2: this quote is never closed"),
      ("id,name\nada,\"A\"x\n", "2: `x` behind a closing quote"),
      ("id,name\nada,A\"x\n", "2: a quote in the middle of a field"),
    ])
  func errors(text: String, expected: String) {
    let message = message(text)
    #expect(message?.hasPrefix("cs536.csv:" + expected) == true, "\(message ?? "accepted")")
  }
}
