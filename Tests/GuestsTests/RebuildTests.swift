import Foundation
import Guests
import Testing

/// The images in the repository are what their sources say.
@Suite("Images and their sources")
struct RebuildTests {
  /// The first line of `clang --version`, as the catalog records it and as the toolchain here says it.
  private static let recorded = Guests.catalog.flatMap {
    try? String(contentsOfFile: $0 + "/toolchain", encoding: .utf8)
  }
  private static let installed = Guests.catalog.flatMap { try? Program.run($0 + "/build", ["--version"]).output }

  @Test(
    "Built again with the same toolchain in another folder, every image is the same byte for byte",
    .enabled(if: recorded == installed, "the images were built with another toolchain than the one installed"))
  func same() throws {
    let catalog = try #require(Guests.catalog)
    let folder = try TemporaryFolder()
    let copy = folder.path + "/other catalog"
    try FileManager.default.copyItem(atPath: catalog, toPath: copy)
    let built = try Self.builtFiles(in: copy)
    #expect(built.contains("hello/hello.elf"))
    for file in built { try FileManager.default.removeItem(atPath: "\(copy)/\(file)") }

    let outcome = try Program.run(copy + "/build", [], folder: "/", withErrors: true, seconds: 240)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(try Self.builtFiles(in: copy) == built)
    for file in built {
      let bytes = FileManager.default.contents(atPath: "\(copy)/\(file)")
      #expect(bytes == FileManager.default.contents(atPath: "\(catalog)/\(file)"), "\(file) differs")
    }
  }

  /// The images of all guests, with the parts and the disks of those that have several, by their paths in the catalog.
  private static func builtFiles(in catalog: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: catalog).filter { path in
      [".elf", ".img"].contains { path.hasSuffix($0) }
    }.sorted()
  }

  @Test("Only guests that exist are built")
  func refused() throws {
    let catalog = try #require(Guests.catalog)
    for name in ["nobody", "../hello", ""] {
      let outcome = try Program.run(catalog + "/build", [name], withErrors: true)
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("no guest named"))
    }
  }
}
