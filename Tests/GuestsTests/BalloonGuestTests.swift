import Foundation
import Guests
import Testing

@Suite("The balloon and Lantern")
struct BalloonGuestTests {
  @Test(
    "Lantern and the device agree on how many pages are given up",
    .enabled(if: Guests.names.contains("boot"), "the guest boot is not here"))
  func agree() throws {
    let path = try #require(BuiltTool.path, "vitrine was not built beside the tests")
    let arguments = ["run", "boot", "--balloon", "4M", "--type", "$ =>mem\\n", "--type", "$ =>halt\\n", "--stats"]
    let outcome = try Program.run(path, arguments + ["--timeout", "60"], withErrors: true)
    // What the guest says at its prompt, and what the device has counted at the end.
    #expect(outcome.output.contains(" 1024 in the balloon"), "\(outcome.output.suffix(300))")
    #expect(outcome.output.contains("1,024 pages wanted, 1,024 given up; 1,024 inflated, 0 deflated"))
  }

  @Test(
    "Lantern gives memory back when less is wanted, and tells how much it has",
    .enabled(if: Guests.names.contains("boot"), "the guest boot is not here"))
  func less() throws {
    let texts = try BuiltTool.converse(
      [
        ["catch balloon inflate if $pages == 512", "run", "continue", "delete"],
        ["balloon 1M", "type \"mem\\nhalt\\n\"", "continue"], ["info balloon"],
      ], arguments: ["boot", "--balloon", "4M"])
    try #require(texts.count == 3)
    #expect(texts[1].contains(" 256 in the balloon"), "\(texts[1].suffix(300))")
    let lines = texts[2].split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    func count(_ words: String) -> Substring? {
      let words = words.split(separator: " ")
      return lines.first { $0.starts(with: words) }?[words.count]
    }
    #expect(count("target") == "256" && count("given up now") == "256" && count("actual, as the driver says") == "256")
    #expect(count("inflated so far") == "1,024" && count("deflated so far") == "768")
    // What it told the device last is about what it says at its prompt a little later, in pages of 4 KiB.
    let free = texts[1].split(separator: ", ").first { $0.hasSuffix(" free") }?.split(separator: " ").first
    let told = count("free memory").map { $0.filter { $0 != "," } }
    let difference = (Int(try #require(told)) ?? 0) / 4096 - (Int(try #require(free)) ?? 0)
    #expect(abs(difference) < 256, "\(told ?? "") \(free ?? "")")
  }
}
