import Foundation
import Guests
import Machine
import RISCV
import SystemPackage
import Testing

/// One `*.session` file: a header of `# key: value` lines, then a transcript. What stands behind `(vitrine) `,
/// `(monitor) ` and `>` is typed.
struct SessionFile: CustomTestStringConvertible, Sendable {
  var url: URL
  var testDescription: String { url.deletingPathExtension().lastPathComponent }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Sessions")
  static let all: [SessionFile] =
    ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
    .filter { $0.pathExtension == "session" }.sorted { $0.path < $1.path }.map { SessionFile(url: $0) }

  func load() throws -> (header: [String: String], headerText: String, transcript: String) {
    let text = try String(contentsOf: url, encoding: .utf8)
    let lines = text.components(separatedBy: "\n")
    let headerLines = lines.prefix { $0.hasPrefix("#") }
    var header: [String: String] = [:]
    for line in headerLines {
      let parts = line.dropFirst().split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2 { header[parts[0]] = parts[1] }
    }
    return (
      header, headerLines.joined(separator: "\n"), lines.dropFirst(headerLines.count).joined(separator: "\n")
    )
  }

  func configuration(_ header: [String: String]) throws -> MachineConfiguration {
    var configuration = MachineConfiguration()
    if let harts = header["harts"] { configuration.hartCount = try #require(Int(harts)) }
    if let balloon = header["balloon"] { configuration.balloon = .init(target: try #require(ByteCount.parse(balloon))) }
    if let quirk = header["quirk"] { configuration.cpu.quirks = try #require(PrivilegeQuirks(named: quirk)) }
    if let bios = header["bios"] { configuration.bios = .file(FilePath(bios)) }
    if let kernel = header["kernel"] { configuration.kernel = FilePath(kernel) }
    if let monitor = header["monitor"] {
      let catalog = try #require(Guests.catalog)
      configuration.bios = .file(FilePath(try #require(Guests.firmware)))
      configuration.kernel = FilePath("\(catalog)/\(monitor)")
      configuration.monitorGuest = FilePath(try #require(Guests.supervisorImage(named: header["guest"] ?? "hello")))
      return configuration
    }
    if let memory = header["memory"] { configuration.memorySize = try #require(ByteCount.parse(memory)) }
    if header["guest"] == "boot" {
      configuration.bios = .file(FilePath(try bootFile("firmware.elf")))
      configuration.disks = [.init(path: FilePath(try bootFile("boot.img")))]
      return configuration
    }
    if header["bios"] == nil { configuration.program = FilePath(try guestPath(header["guest"] ?? "hello")) }
    return configuration
  }

  /// The files of other packages that the session needs and that are not there.
  func missing(_ header: [String: String]) -> [String] {
    [header["bios"], header["kernel"], header["symbols"]].compactMap(\.self).filter {
      !FileManager.default.fileExists(atPath: $0)
    }
  }
}

@Suite("Sessions")
struct SessionFileTests {
  @Test("A session shows what its file says", arguments: SessionFile.all)
  func session(file: SessionFile) throws {
    let (header, headerText, expected) = try file.load()
    guard file.missing(header).isEmpty else { return }
    let typed = expected.components(separatedBy: "\n").compactMap { line -> String? in
      if line == "(vitrine)" { return "" }
      for prompt in ["(vitrine) ", "(monitor) "] where line.hasPrefix(prompt) {
        return String(line.dropFirst(prompt.count))
      }
      return line.hasPrefix(">") ? String(line.dropFirst()) : nil
    }
    let prompt = try Prompt(try file.configuration(header))
    if header["guest"] == "boot" {
      prompt.files.files["lantern.elf"] = Array(try Data(contentsOf: URL(fileURLWithPath: bootFile("lantern.elf"))))
    }
    if let symbols = header["symbols"] {
      prompt.files.files[symbols] = Array(try Data(contentsOf: URL(fileURLWithPath: symbols)))
    }
    let lines = prompt.type(typed).components(separatedBy: "\n").map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    let actual = lines.joined(separator: "\n")
    // With VITRINE_UPDATE_SESSIONS=1 the files are written anew; look at the difference before you commit it.
    if ProcessInfo.processInfo.environment["VITRINE_UPDATE_SESSIONS"] != nil {
      try "\(headerText)\n\(actual)".write(to: file.url, atomically: true, encoding: .utf8)
      return
    }
    let expectedLines = expected.components(separatedBy: "\n")
    for (index, (line, wanted)) in zip(lines, expectedLines).enumerated() where line != wanted {
      Issue.record("line \(index + 1) of \(file.testDescription) is\n  \(line)\nand should be\n  \(wanted)")
      return
    }
    #expect(lines.count == expectedLines.count)
  }

  @Test("There are sessions")
  func some() { #expect(SessionFile.all.count >= 5) }
}
