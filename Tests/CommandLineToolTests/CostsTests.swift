import Foundation
import Testing

@Suite("vitrine costs", .serialized)
struct CostsTests {
  /// A file of its own for a test, which goes with it.
  private final class File {
    let path = NSTemporaryDirectory() + "vitrine-\(UUID().uuidString).costs"
    init(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test("The rows are printed with units and sources; what is printed is a file that is read again")
  func text() throws {
    let outcome = try vitrine(["costs"])
    #expect(outcome.status == 0 && outcome.output.hasPrefix("name riscv\n"))
    let row = outcome.output.split(separator: "\n").first { $0.hasPrefix("page-table-reference") }
    #expect(row?.split(separator: " ").prefix(3) == ["page-table-reference", "100", "cycles/reference"])
    #expect(outcome.output.contains("calibrated: "))
    let file = try File(outcome.output)
    #expect(try vitrine(["costs", file.path]).output == outcome.output)
  }

  @Test("The name of a row shows it in every preset")
  func row() throws {
    let output = try vitrine(["costs", "bus-access"]).output
    #expect(output.hasPrefix("bus-access: a load or store of a physical device's register"))
    for text in ["  riscv  200 cycles/access", "  pentium4-2005  3208 ", "  modern-x86  1000 "] {
      #expect(output.contains(text))
    }
  }

  @Test("As JSON every row has its number, unit and source")
  func json() throws {
    let outcome = try vitrine(["costs", "pentium4-2005", "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome.errors)")
    #expect(object["name"] as? String == "pentium4-2005")
    let rows = try #require(object["rows"] as? [[String: Any]])
    let bus = try #require(rows.first { $0["row"] as? String == "bus-access" })
    #expect(bus["number"] as? Int == 3208 && bus["unit"] as? String == "cycles/access")
    #expect(rows.allSatisfy { ($0["source"] as? String)?.isEmpty == false })
  }

  @Test(
    "What is wrong is named, with file and line",
    arguments: [
      (nil, 64, "There are riscv, pentium4-2005, modern-x86"), ("name x\nemulate -1\n", 1, ".costs:2: emulate: -1 is"),
      ("name x\nemulate 1\n", 1, "rows are missing: instruction, "),
      ("name x\nemulate 1\nemulate 2\n", 1, ".costs:3: the row \"emulate\" stands here again, after line 2"),
    ] as [(String?, Int32, String)])
  func refused(text: String?, status: Int32, message: String) throws {
    let file = try text.map(File.init)
    let outcome = try vitrine(["costs", file?.path ?? "vax"])
    #expect(outcome.status == status && outcome.output.isEmpty)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(try vitrine(["costs", "no/such.file"]).errors.contains("No such file"))
  }
}
