import Foundation
import Testing

/// The program finds its guests wherever it and they have been put.
@Suite("Installation", .enabled(if: BuiltTool.path != nil, "vitrine was not built beside the tests"))
struct InstallationTests {
  private let greeting = "hello from hart 0, machine mode\n"

  /// A folder with a copy of the program and its resources.
  private func copy() throws -> (holder: TemporaryFolder, folder: String) {
    let holder = try TemporaryFolder()
    let folder = holder.path + "/a copy"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let source = try #require(BuiltTool.folder)
    let items = try FileManager.default.contentsOfDirectory(atPath: source)
    for item in items where item == "vitrine" || (item.hasPrefix("Vitrine_") && item.hasSuffix(".resources")) {
      try FileManager.default.copyItem(atPath: "\(source)/\(item)", toPath: "\(folder)/\(item)")
    }
    return (holder, folder)
  }

  @Test("Run by its path from another folder")
  func anywhere() throws {
    let outcome = try Program.run(try #require(BuiltTool.path), ["run", "hello"], folder: "/")
    #expect(outcome.status == 0 && outcome.output.hasPrefix(greeting))
  }

  @Test("A copy of the release build, run from PATH and through a symbolic link")
  func copied() throws {
    let (holder, folder) = try copy()
    let byPath = try Program.run(
      "/usr/bin/env", ["PATH=\(folder):/usr/bin:/bin", "vitrine", "run", "hello"], folder: "/")
    #expect(byPath.status == 0 && byPath.output.hasPrefix(greeting))

    let link = holder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a copy/vitrine")
    let byLink = try Program.run(link, ["run", "hello"], folder: "/tmp")
    #expect(byLink.status == 0 && byLink.output.hasPrefix(greeting))

    // A guest of many files, by its manifest.
    let boot = try Program.run(link, ["run", "boot", "--until", "$ ", "--timeout", "60"], folder: "/tmp")
    #expect(boot.status == 0 && boot.output.contains("lantern: "))
  }

  @Test("Without the folder of guests it says what is missing, and still runs files")
  func alone() throws {
    let holder = try TemporaryFolder()
    let alone = holder.path + "/vitrine"
    try FileManager.default.copyItem(atPath: try #require(BuiltTool.path), toPath: alone)
    let refused = try Program.run(alone, ["run", "hello"], folder: holder.path, withErrors: true)
    #expect(refused.status == 1)
    #expect(refused.output.contains("Vitrine_Guests.resources"), "\(refused.output)")

    let image = try #require(BuiltTool.folder) + "/Vitrine_Guests.resources/Catalog/hello/hello.elf"
    #expect(try Program.run(alone, ["run", image]).status == 0)
  }
}
