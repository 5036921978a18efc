import Foundation
import Guests
import Testing

/// What a run of the built executable gave.
struct Outcome {
  var status: Int32
  var output: String
  var errors: String
}

/// Runs `vitrine` as a person does, with `input` on a pipe that ends.
func vitrine(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Outcome {
  let process = Process()
  process.executableURL = try vitrineProgram()
  process.arguments = arguments
  var variables = ProcessInfo.processInfo.environment
  variables["HOME"] = NSTemporaryDirectory()
  for (name, value) in environment { variables[name] = value }
  process.environment = variables
  let (standardInput, standardOutput, standardError) = (Pipe(), Pipe(), Pipe())
  process.standardInput = standardInput
  process.standardOutput = standardOutput
  process.standardError = standardError
  try process.run()
  standardInput.fileHandleForWriting.write(Data(input.utf8))
  try standardInput.fileHandleForWriting.close()
  let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
  let errors = standardError.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Outcome(
    status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
    errors: String(decoding: errors, as: UTF8.self))
}

/// The tool that the tests were built with.
func vitrineProgram() throws -> URL {
  let folder = try #require(Guests.catalog.map { URL(fileURLWithPath: $0).deletingLastPathComponent() })
  return folder.deletingLastPathComponent().appendingPathComponent("vitrine")
}

@Suite("Command line", .serialized)
struct CommandLineTests {
  @Test("run passes the guest's output through unaltered and ends with status 0")
  func run() throws {
    let outcome = try vitrine(["run", "hello", "--stats"])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("hello from hart 0, machine mode\n"))
    #expect(outcome.output.hasSuffix("found in 5 calls\n"))
    #expect(outcome.errors.contains("retired ") && outcome.errors.contains(" MIPS"))
  }

  @Test("--check stale-translation ends a run at the first stale use and names the missing fence")
  func check() throws {
    let outcome = try vitrine(["run", "forgotten-fence", "--check", "stale-translation"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "the window shows a\n")
    #expect(outcome.errors.hasPrefix("Stale translation: load of gva:0x40123000 "), "\(outcome.errors)")
    #expect(outcome.errors.contains(" <move_window+") && outcome.errors.contains("mend:        sfence.vma with rs1"))
    let clean = try vitrine(["run", "pagefaults", "--check", "stale-translation"])
    #expect(clean.status == 0)
    #expect(clean.errors == "vitrine: no stale translation was used\n")
  }

  @Test("--stats has a line for each region between markers")
  func regions() throws {
    let outcome = try vitrine(["run", "memhog", "--stats", "--append", "size=1M rounds=3"])
    #expect(outcome.status == 0)
    let lines = outcome.errors.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let head = try #require(lines.firstIndex { $0.first == "region" }, "\(outcome.errors)")
    #expect(lines[head].count == 8)
    #expect(lines[(head + 1)...].map { Array($0.prefix(2)) } == [["first_round", "1"], ["later_round", "2"]])
    #expect(lines[(head + 1)...].allSatisfy { $0.count == 8 })
  }

  @Test("A limit ends with status 3, also for a guest that retires nothing any more")
  func limits() throws {
    let limited = try vitrine(["run", "hello", "--max-instructions", "1000"])
    #expect(limited.status == 3)
    #expect(limited.errors.contains("the limit of 1,000 instructions"))
    let stuck = try vitrine(["run", "no-progress", "--max-instructions", "1000000"])
    #expect(stuck.status == 3)
    #expect(stuck.output.contains("booting"))
    #expect(stuck.errors.contains("no progress: the same trap over and over, instruction page fault (12) at pc 0x0"))
    let late = try vitrine(["run", "no-progress", "--timeout", "0.5"])
    #expect(late.status == 3)
    #expect(late.errors.contains("stopped after 0.5 seconds"))
  }

  @Test("--until ends a guest that would go on, with status 0, when it has said the text")
  func until() throws {
    let outcome = try vitrine(["run", "no-progress", "--until", "boot", "--timeout", "20"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("the kernel is boot"))
    #expect(try vitrine(["run", "hello", "--until", ""]).status == 64)
  }

  @Test(
    "Wrong usage is status 64, a bad file status 1, and both say what is wrong",
    arguments: [
      (["run"], 64, "Nothing to run"), (["run", "nosuchguest"], 64, "There is no guest named"),
      (["run", "--memory", "3", "hello"], 64, "memory"), (["run", "--harts", "0", "hello"], 64, "hart"),
      (["run", "--harts", "9", "hello"], 64, "hart"), (["run", "--memory", "12Q", "hello"], 64, "--memory 12Q"),
      (["run", "./missing.elf"], 1, "missing.elf"), (["run", "/etc/passwd/x"], 1, "/etc/passwd/x"),
      (["run", "--cpu", "z80", "hello"], 64, "svade"),
      (["run", "hello", "--technique", "magic"], 64, "there is no technique \"magic\""),
      (["debug", "hello", "--technique", "magic"], 64, "there is no technique \"magic\""),
      (["debug", "hello", "--costs", "magic"], 64, "there is no cost model \"magic\""),
      (["run", "--quirk", "popf", "hello"], 64, "xret-ignored"),
      (["run", "--check", "everything", "hello"], 64, "stale-translation"),
      (["debug", "--quirk", "", "hello"], 64, "csr-read-reveals"),
      (["run", "--type", "abc", "hello"], 64, "PROMPT=>TEXT"),
      (["run", "hello", "--signature", "/dev/null"], 1, "begin_signature"), (["run", "--nonsense"], 64, "nonsense"),
      (["run", "hello", "--disk", "/nonexistent.img"], 1, "nonexistent"),
    ])
  func badUsage(arguments: [String], status: Int, message: String) throws {
    let outcome = try vitrine(arguments)
    #expect(outcome.status == Int32(status), "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("Every subcommand's help has an example", arguments: [[], ["run"], ["debug"]])
  func help(subcommand: [String]) throws {
    let outcome = try vitrine(subcommand + ["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Example: vitrine"))
  }

  @Test("-ex and -x run in the order in which they were typed, before standard input")
  func order() throws {
    let path = NSTemporaryDirectory() + "order-\(ProcessInfo.processInfo.processIdentifier).vit"
    try "print 2\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = try vitrine(
      ["-nx", "-ex", "print 1", "-x", path, "-ex", "print 3"], input: "print 4\nfoo\nprint 5\n")
    #expect(outcome.output == "$1 = 1\n$2 = 2\n$3 = 3\n$4 = 4\n$5 = 5\n")
    #expect(outcome.errors == "Undefined command: \"foo\".  Try \"help\".\n")
    #expect(outcome.status == 0)
  }

  @Test("In batch the first failing command ends the run with status 1")
  func batch() throws {
    let failing = try vitrine(["debug", "hello", "-nx", "--batch", "-ex", "print 1", "-ex", "foo", "-ex", "print 2"])
    #expect(failing.status == 1)
    #expect(failing.output == "$1 = 1\n")
    #expect(try vitrine(["-nx", "-batch", "-ex", "print 1"], input: "print 7\n").output == "$1 = 1\n")
    #expect(try vitrine(["-nx", "-ex", "quit 5"]).status == 5)
  }

  @Test("The prompt tells that the guest makes no progress, and where that began")
  func noProgress() throws {
    let outcome = try vitrine(
      ["debug", "no-progress", "-nx", "--timeout", "1"], input: "run\nseek 1544\ninfo stages\n")
    #expect(outcome.output.contains("Stopped: no progress. "))
    #expect(
      outcome.output.contains("instruction page fault (12) at pc 0x0  (no symbol), because stvec is 0, as at reset"))
    #expect(outcome.output.contains("; `seek "))
  }

  @Test("The rc file runs first, and -nx passes it over")
  func initFile() throws {
    let home = NSTemporaryDirectory() + "home-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: home) }
    try "print 42\n".write(toFile: home + "/.vitrinerc", atomically: true, encoding: .utf8)
    #expect(try vitrine(["--batch"], environment: ["HOME": home]).output == "$1 = 42\n")
    #expect(try vitrine(["--batch", "-nx"], environment: ["HOME": home]).output == "")
  }
}
