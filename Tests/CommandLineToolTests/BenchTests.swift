import Foundation
import Testing

@Suite("vitrine bench", .serialized)
struct BenchTests {
  @Test("A short benchmark prints a line a workload and writes JSON that says what it did")
  func json() throws {
    let file = NSTemporaryDirectory() + "vitrine-bench-\(UInt64.random(in: 0 ... .max)).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let outcome = try vitrine([
      "bench", "integer", "csr", "--against", "none", "--iterations", "1001", "--repeat", "2", "--json", file,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("integer ") && lines[2].hasPrefix("csr "))

    let data = try #require(FileManager.default.contents(atPath: file))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["format"] as? String == "vitrine-bench" && object["version"] as? Int == 1)
    let results = try #require(object["results"] as? [[String: Any]])
    #expect(results.map { $0["workload"] as? String } == ["integer", "csr"])
    // A thousand iterations more than the short run's one, of twelve and of ten instructions.
    for (result, instructions) in zip(results, [12_000, 10_000]) {
      let entries = try #require(result["entries"] as? [[String: Any]])
      #expect(entries.count == 1 && entries[0]["emulator"] as? String == "ours")
      #expect(entries[0]["instructions"] as? Int == instructions)
      let rates = try #require((entries[0]["mips"] as? [String: Any])?["runs"] as? [Double])
      #expect(rates.count == 2)
    }
  }

  @Test("Every guest of the benchmark comes to its end and counts its iterations")
  func guests() throws {
    let outcome = try vitrine([
      "bench", "chase", "copy", "ecall", "pte", "--against", "none", "--iterations", "9", "--repeat", "1",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 5)
  }

  @Test(
    "What is wrong is named",
    arguments: [
      (["bench", "nothing"], 64, "no workload \"nothing\""), (["bench", "--against", "bochs"], 64, "bochs"),
      (["bench", "--repeat", "0"], 64, "--repeat"),
      (["bench", "boot", "--kernel", "k"], 64, "--prompt"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], status: Int32, text: String) throws {
    let outcome = try vitrine(arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(text))
  }
}
