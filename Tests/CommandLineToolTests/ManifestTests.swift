import Foundation
import Guests
import Testing

/// Guests of more than one file, and guests that were copied out.
@Suite("Manifests and copied guests", .serialized)
struct ManifestTests {
  /// A folder of its own for a test, with a guest of the options given in it; it goes with the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "vitrine manifest \(UUID().uuidString)"
    init(options: String? = nil) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      if let options { try options.write(toFile: path + "/options", atomically: true, encoding: .utf8) }
      try FileManager.default.copyItem(
        atPath: try #require(Guests.image(named: "hello")), toPath: path + "/firmware.elf")
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private let options = """
    # The machine of the test
    --bios firmware.elf
    --append root=vda  quiet
    --symbols firmware.elf,stage=kernel
    --type none=>nothing\\n

    """

  @Test("A guest's manifest runs it, with its files relative to its folder")
  func run() throws {
    let folder = try Folder(options: options)
    let outcome = try vitrine(["run", folder.path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("hello from hart 0, machine mode\n"))
  }

  @Test("What is typed comes after the manifest and wins; --append reaches a machine without --kernel")
  func typed() throws {
    let folder = try Folder(options: options)
    let search = ["-nx", "--batch", "-ex", "find 0x8fe00000, +0x10000, \"root=vda  quiet\""]
    #expect(try vitrine(["debug", folder.path] + search).output.contains("1 pattern found."))
    let changed = try vitrine(
      ["debug", folder.path + "/", "--append", "other", "--memory", "128M", "-nx", "--batch"]
        + ["-ex", "find 0x87e00000, +0x10000, \"other\"", "-ex", "info images"])
    #expect(changed.output.contains("1 pattern found."), "\(changed.errors)")
    #expect(changed.output.contains("stage kernel"))
  }

  @Test(
    "What is wrong with a manifest is said with its name",
    arguments: [
      ("firmware.elf", "is no option"), ("--nonsense 3", "Unknown option"), ("--bios missing.elf", "missing.elf"),
      ("--symbols missing.elf,stage=kernel", "missing.elf"), ("--symbols firmware.elf,stage=attic", "stages are"),
    ])
  func wrong(line: String, message: String) throws {
    let folder = try Folder(options: line + "\n")
    let outcome = try vitrine(["run", folder.path])
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("--symbols names the stages of code that the guest itself loads")
  func stages() throws {
    let folder = try Folder()
    let outcome = try vitrine(
      ["debug", folder.path + "/firmware.elf", "--symbols", folder.path + "/firmware.elf,stage=loader"]
        + ["-nx", "--batch", "-ex", "stepstage", "-ex", "stepstage", "-ex", "stepstage", "-ex", "info stages"])
    let stages = outcome.output.split(separator: "\n").filter { $0.hasPrefix("Stage ") }
    #expect(stages.map { $0.prefix { $0 != "," } } == ["Stage firmware", "Stage loader", "Stage user"])
  }

  @Test("guests lists every guest with its summary")
  func list() throws {
    let outcome = try vitrine(["guests"])
    #expect(outcome.status == 0)
    for name in Guests.names {
      let line = outcome.output.split(separator: "\n").first { $0.hasPrefix(name + " ") }
      #expect(line?.hasSuffix(Guests.summary(named: name) ?? "?") == true, "\(name)")
    }
  }

  @Test("guests --export copies everything, run bits included, overwrites nothing, and the copy runs")
  func export() throws {
    let folder = try Folder()
    let target = folder.path + "/mine"
    let outcome = try vitrine(["guests", "--export", target])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\(target)/build "))
    let catalog = try #require(Guests.catalog)
    let files = try FileManager.default.subpathsOfDirectory(atPath: catalog)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: target).sorted() == files.sorted())
    #expect(FileManager.default.contentsEqual(atPath: catalog, andPath: target))
    #expect(FileManager.default.isExecutableFile(atPath: target + "/build"))
    #expect(try vitrine(["run", target + "/hello"]).output.hasPrefix("hello from hart 0"))
    // A source that was changed since is told once, and shown all the same.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: target + "/hello/kernel.c")
    let newer = try vitrine(
      ["debug", target + "/hello", "-nx", "--batch", "-ex", "tbreak supervisor_main", "-ex", "run", "-ex", "next"])
    #expect(newer.output.contains("kernel.c:68"), "\(newer.output)")
    let warning = "The source file kernel.c was changed after hello.elf was built"
    #expect(newer.errors.components(separatedBy: warning).count == 2, "\(newer.errors)")
    try FileManager.default.removeItem(atPath: target + "/hello/kernel.c")
    let missing = try vitrine(
      ["debug", target + "/hello", "-nx", "--batch", "-ex", "tbreak supervisor_main", "-ex", "run", "-ex", "next"])
    #expect(missing.errors.components(separatedBy: "The source file kernel.c is not found").count == 2)
    #expect(missing.output.contains("kernel.c:68"))
    let again = try vitrine(["guests", "--export", target])
    #expect(again.status == 1 && again.errors.contains("nothing is overwritten"))
    #expect(try vitrine(["run", folder.path]).errors.contains("is no guest"))
  }
}
