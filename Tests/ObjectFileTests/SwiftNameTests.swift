import Foundation
import ObjectFile
import Testing

@Suite("Swift names")
struct SwiftNameTests {
  @Test(
    "A mangled name is shown as swift-demangle shows it", .enabled(if: Toolchain.has("swift-demangle")),
    arguments: [
      "$s6Kernel7ConsoleC5write_6lengthySPys5UInt8VG_SitF", "$s6Kernel5PagesV8allocateSvSgyF", "$sSa6appendyyxnF",
      "$s4main1xyyAA1GVyADyADyADyADyS2iGAEGAFGAGGAHGF",
      "$ss17_NativeDictionaryV20_copyOrMoveAndResize8capacity12moveElementsySi_SbtFSS_SSTg5",
    ])
  func demangled(name: String) throws {
    let expected = try Toolchain.run("swift-demangle", ["-compact", "-no-sugar", name], in: URL(filePath: "/"))
    #expect(Symbol(name: name, address: 0).displayName + "\n" == expected)
    #expect(expected != name + "\n")
    // Embedded Swift's prefix is the same name.
    #expect(Symbol(name: "$e" + name.dropFirst(2), address: 0).displayName + "\n" == expected)
  }

  @Test(
    "Other names are shown as they are", arguments: ["main", "", "$", "$s", "$e", "$x", "$sfoo", "_ZN3fooEv", "$é"])
  func plain(name: String) {
    #expect(Symbol(name: name, address: 0).displayName == name)
  }

  @Test(
    "A name that would stop the process is shown as it is",
    arguments: [
      "$ss6SIMD64V7lowHalfs6SIMD32VycRvs", "$s20FoundationEssentials18OptionalComparatorV5orderAA9SortOrderRvs",
    ])
  func abort(name: String) {
    #expect(Symbol(name: name, address: 0).displayName == name)
  }

  @Test("A name that demangles to terabytes is shown as it is, at once", .timeLimit(.minutes(1)))
  func bomb() {
    let levels = 22
    let references = "EFGHIJKLMNOPQRSTUVWXYZ".prefix(levels - 1).map { "A\($0)G" }.joined()
    let name = "$s4main1xyyAA1GVy" + String(repeating: "ADy", count: levels - 1) + "S2iG" + references + "F"
    #expect(Symbol(name: name, address: 0).displayName == name)
  }
}
