import Foundation
import Machine
import Testing

@Suite("Lantern, the kernel of the boot chain")
struct LanternTests {
  @Test("The shell answers, on any number of harts", arguments: [1, 4, 8])
  func shell(harts: Int) throws {
    let run = try LanternRun(
      ["ps", "mem", "ls", "cat poem.txt", "run hello a b", "echo x  y", "run primes", "nonsense", "halt"], harts: harts)
    #expect(run.run() == .exited(.success), "\(run.console)")
    #expect(run.lines.contains("lantern: \(harts) of \(harts) harts"))
    #expect(run.lines.contains { $0.hasSuffix(" shell") && $0.contains("running") })
    #expect(run.lines.contains { $0.hasSuffix(" bin/primes") })
    #expect(run.lines.contains("By lantern light the page is read,"))
    #expect(run.lines.contains("arguments: a b"))
    #expect(run.lines.contains("x y"))
    // The number of primes below ten thousand, as every table has it.
    #expect(run.lines.contains("1229 primes below 10000"))
    #expect(run.lines.contains("nonsense: unknown command; try help"))
  }

  @Test("The prompt is there after a few million instructions, and with A and D bits left to software")
  func quick() throws {
    for svade in [false, true] {
      let run = try LanternRun(["halt"], svade: svade)
      #expect(run.run(limit: 30_000_000) == .exited(.success))
    }
  }

  @Test("Eight processes preempt one another without an error", arguments: [1, 4])
  func preemption(harts: Int) throws {
    // The issue asks for ten seconds of the guest's time: VITRINE_LONG=1 runs them, for a minute of ours.
    let milliseconds = ProcessInfo.processInfo.environment["VITRINE_LONG"] == nil ? 300 : 10_000
    let spins = [String](repeating: "run spin \(milliseconds) &", count: 8)
    let run = try LanternRun(spins + ["ps", "run spin \(milliseconds)", "halt"], harts: harts)
    #expect(run.run(limit: 8_000_000_000) == .exited(.success), "\(run.console)")
    #expect(run.lines.filter { $0.contains("rounds, no error") }.count == 9)
    #expect(!run.console.contains("should be the same"))
    // Those that were started first have been preempted when the last has started.
    let spinning = run.lines.filter { $0.hasSuffix(" spin") && $0.contains(" run") }
    #expect(spinning.contains { Int($0.split(separator: " ")[4])! > 1 }, "\(run.console)")
  }

  @Test("Processes come and go, fault and run out of memory, and no page is lost", arguments: [1, 4])
  func pages(harts: Int) throws {
    let run = try LanternRun(
      ["mem", "run stress 60", "run stress 10 fault null", "run heap", "run stress 6 heap 100", "mem", "halt"],
      harts: harts, memory: 32 << 20)
    #expect(run.run() == .exited(.success), "\(run.console)")
    let stressed = run.lines.filter { $0.hasPrefix("stress: ") }
    #expect(stressed.count == 3 && !stressed.contains { $0.contains("after ") && $0.contains(" of ") })
    #expect(!run.console.contains("stress ended with status"))
    let before = try #require(run.number(after: "heap: after ", before: " pages: out of memory"))
    #expect(before > 6000)
    let free = run.lines.filter { $0.contains("pages of 4 KiB") }
    #expect(free.count == 2 && free[0] == free[1])
  }

  @Test(
    "A program that does what it must not is ended, with the cause and the address, and the shell goes on",
    arguments: [
      ("null", "store page fault (15), address 0x0,"), ("text", "store page fault (15), address 0x10000,"),
      ("kernel", "store page fault (15), address 0xffffffc080400000,"),
      ("device", "store page fault (15), address 0x10000000,"),
      ("jump", "instruction page fault (12), address 0x30000000, pc 0x30000000"),
      ("data", "instruction page fault (12), address 0x3fff"), ("privileged", "illegal instruction (2),"),
      ("breakpoint", "breakpoint (3),"), ("stack", "store page fault (15), address 0x3fff7"),
      ("check", "illegal instruction (2),"),
    ])
  func faults(kind: String, words: String) throws {
    let run = try LanternRun(["run fault \(kind)", "echo still here", "halt"])
    #expect(run.run() == .exited(.success))
    let told = run.lines.contains { $0.hasPrefix("lantern: fault (process ") && $0.contains(") is ended: \(words)") }
    #expect(told, "\(run.console)")
    #expect(run.lines.contains("fault ended with status 255"))
    #expect(run.lines.contains("still here"))
  }

  @Test("Lines can be edited")
  func editing() throws {
    let run = try LanternRun(["echo abX\u{7f}c", "foo\u{15}echo again", "halt"])
    #expect(run.run() == .exited(.success), "\(run.console)")
    #expect(run.lines.contains("abc"))
    #expect(run.lines.contains("again"))
  }

  @Test("Four kilobytes typed ahead arrive whole")
  func typedAhead() throws {
    // All of it is echoed while the first program runs, so what the commands say afterwards stands alone.
    let words = (0..<74).map { "word \($0) of the paste, in a line of some length" }
    let pasted = (["run spin 200"] + words.map { "echo " + $0 }).joined(separator: "\n")
    #expect((3800..<4000).contains(pasted.utf8.count))
    let run = try LanternRun([pasted, "halt"])
    #expect(run.run() == .exited(.success), "\(run.console)")
    let said = run.lines.map { $0.hasPrefix("$ ") ? $0.dropFirst(2) : $0 }.filter { $0.hasPrefix("word ") }
    #expect(said == words.map { $0[...] })
  }

  @Test("More than there is room for waits in the line")
  func muchTypedAhead() throws {
    let pasted = (["run spin 200"] + [String](repeating: "cat welcome.txt", count: 280)).joined(separator: "\n")
    let run = try LanternRun([pasted + "\nhalt"])
    #expect(run.run() == .exited(.success), "\(run.console.suffix(200))")
    #expect(!run.console.contains("unknown command") && !run.console.contains("not found"))
    #expect(run.lines.filter { $0.contains("Lantern is a small kernel") }.count == 280)
  }

  @Test("What is missing or damaged is said in a line, and the machine ends as failed", arguments: Damage.all)
  func damaged(damage: Damage) throws {
    let run = try LanternRun(append: damage.append, change: damage.change)
    guard case .exited(let request) = run.run(limit: 60_000_000) else {
      Issue.record("no end: \(run.console)")
      return
    }
    #expect(request != .success)
    #expect(run.lines.contains { $0.hasPrefix("lantern: ") && $0.contains(damage.words) }, "\(run.console)")
    #expect(!run.console.contains("panic"))
  }
}

/// A way to spoil the disk or the command line, and words of the line that tells.
struct Damage: CustomTestStringConvertible {
  var testDescription: String
  var words: String
  var append: String?
  var change: (@Sendable (inout [UInt8]) -> Void)?

  init(
    _ name: String, _ words: String, append: String? = nil, change: (@Sendable (inout [UInt8]) -> Void)? = nil
  ) {
    testDescription = name
    self.words = words
    self.append = append
    self.change = change
  }

  static let all = [
    Damage("no file system's partition", "no partition of type 0x7f") { $0[446 + 16 + 4] = 0x83 },
    Damage("a truncated disk", "beyond the end of the disk") { $0.removeLast(20 * 512) },
    Damage("a partition without lanternfs", "not LANTRNFS") { $0[DiskField.fileSystem($0)] ^= 1 },
    Damage("another version", "version 7") { $0[DiskField.fileSystem($0) + 8] = 7 },
    Damage("a file system larger than its partition", "truncated") {
      DiskField.set(&$0, at: DiskField.fileSystem($0) + 12, to: 1 << 20)
    },
    Damage("too many files", "corrupted") { DiskField.set(&$0, at: DiskField.fileSystem($0) + 16, to: -1) },
    Damage("a directory elsewhere", "corrupted") { DiskField.set(&$0, at: DiskField.fileSystem($0) + 20, to: -2) },
    Damage("a damaged directory", "checksum of its directory") { $0[DiskField.fileSystem($0) + 512 + 60] ^= 1 },
    Damage("a damaged init", "bin/init, the first program, cannot start: its checksum is wrong") {
      if let start = DiskField.file("bin/init", in: $0) { $0[start + 5000] ^= 0x10 }
    },
    Damage("an unknown init", "bin/nobody, the first program, cannot start: not found", append: "init=nobody"),
    Damage("an init that ends", "hello, the first program, has ended with status 0", append: "init=hello"),
  ]
}
