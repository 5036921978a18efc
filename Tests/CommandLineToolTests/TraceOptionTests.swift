import Foundation
import Guests
import Testing

@Suite("--trace", .serialized)
struct TraceOptionTests {
  private static func file(_ name: String) -> String {
    NSTemporaryDirectory() + "trace-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
  }
  private static func executable() throws -> String {
    let catalog = try #require(Guests.catalog)
    let folder = URL(fileURLWithPath: catalog).deletingLastPathComponent().deletingLastPathComponent()
    return folder.appendingPathComponent("vitrine").path
  }

  @Test("run and debug write the same trace, and the console is as without")
  func runAndDebug() throws {
    let (one, other) = (Self.file("run.jsonl"), Self.file("debug.jsonl"))
    defer { for file in [one, other] { try? FileManager.default.removeItem(atPath: file) } }
    let outcome = try vitrine(["run", "hello", "--trace", one])
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.output == (try vitrine(["run", "hello"]).output))
    #expect(try vitrine(["debug", "hello", "--trace", other, "--batch", "-ex", "run"]).status == 0)
    let text = try String(contentsOfFile: one, encoding: .utf8)
    #expect(text.hasPrefix("{\"vitrine-trace\":1,\"harts\":1,"))
    #expect(text.hasSuffix("}\n"))
    #expect(text == (try String(contentsOfFile: other, encoding: .utf8)))
  }

  @Test(
    "A trace that cannot be written is an error, with status 1",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"))
  func full() throws {
    let arguments = ["integer-mix", "--max-instructions", "100000000", "--trace", "/dev/full"]
    let outcome = try vitrine(["run"] + arguments)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("The trace cannot be written to /dev/full: No space left on device."))
    let prompt = try vitrine(["debug"] + arguments + ["--batch", "-ex", "run"])
    #expect(prompt.status == 1)
    #expect(prompt.errors.contains("The trace cannot be written to /dev/full: No space left on device."))
  }

  @Test("A pipe that nobody reads any more is an error, with status 1, not a crash or a hang")
  func closedPipe() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "{ '\(try Self.executable())' run integer-mix --max-instructions 100000000 --trace /dev/stdout; echo $? >&2; } | head -n 1",
    ]
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(line.hasPrefix("{\"vitrine-trace\":1"))
    #expect(said.hasSuffix("\n1\n"), "\(said)")
    #expect(said.contains("The trace cannot be written to /dev/stdout: Broken pipe."))
  }

  @Test("Wrong usage is status 64, a file that cannot be opened status 1")
  func badUsage() throws {
    let format = try vitrine(["run", "hello", "--trace", "x,format=xml"])
    #expect(format.status == 64 && format.errors.contains("There is no trace format \"xml\": jsonl or commit-log."))
    let folder = try vitrine(["run", "hello", "--trace", "/nonexistent/trace"])
    #expect(folder.status == 1 && folder.errors.contains("/nonexistent/trace: No such file or directory."))
  }

  @Test(
    "The commit log is faster than Spike's own, by user time",
    .enabled(if: ProcessInfo.processInfo.environment["SPIKE"] != nil, "set SPIKE to compare"))
  func fasterThanSpike() throws {
    let program = try #require(Guests.image(named: "integer-mix"))
    let count = 2_000_000
    func seconds(_ path: String, _ arguments: [String]) throws -> Double {
      var (before, after) = (rusage(), rusage())
      // RUSAGE_CHILDREN, which has another type on each system.
      let children: Int32 = -1
      getrusage(children, &before)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      getrusage(children, &after)
      func user(_ usage: rusage) -> Double { Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6 }
      return user(after) - user(before)
    }
    let spike = try seconds(
      try #require(ProcessInfo.processInfo.environment["SPIKE"]),
      ["--isa=rv64gc", "--log-commits", "--log=/dev/null", "--instructions=\(count)", program])
    let vitrine = try seconds(
      try Self.executable(),
      ["run", program, "--max-instructions", "\(count)", "--trace", "/dev/null,format=commit-log"])
    print("commit log: vitrine \(Double(count) / vitrine / 1e6) MIPS, spike \(Double(count) / spike / 1e6) MIPS")
    #expect(vitrine < spike)
  }
}
