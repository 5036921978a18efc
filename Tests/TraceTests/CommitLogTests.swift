import Foundation
import Machine
import SystemPackage
import Testing
import Trace

/// Our commit log against that of Spike itself, line for line, on built riscv-tests.
///
/// Spike is the program `spike` on `PATH`, or that of the environment variable `SPIKE`; the programs are the ELF files below the
/// folder `VITRINE_CONFORMANCE`. Both logs are compared from the program's first instruction at 0x80000000 on, since the boot ROMs
/// before it differ. A program that has ended spins until its host notices, so behind the end of the shorter log the longer one
/// may only repeat itself. What else may differ is in ``Excuse``.
@Suite(
  "Commit log as Spike writes it",
  .enabled(if: Reference.spike != nil, "set SPIKE, or have spike on PATH"),
  .enabled(if: !Reference.programs.isEmpty, "set VITRINE_CONFORMANCE to a folder with built riscv-tests"))
struct CommitLogTests {
  @Test("No line differs", arguments: Reference.programs)
  func sameLines(program: String) throws {
    let name = String(program.split(separator: "/").last!)
    let spike = try Reference.log(of: program)
    let machine = try Reference.machine(program)
    let output = MemoryOutput()
    let recorder = TraceRecorder(.commitLog, output)
    recorder.attach(to: machine)
    #expect(machine.run(stepLimit: 20_000_000) == .exited(.success))
    try recorder.finish()
    let difference = Comparison.firstDifference(Comparison.program(output.text), spike, Excuse.of(name))
    #expect(difference == nil, "\(name): \(difference ?? "")")
  }
}

/// A place where Spike and this machine may differ, by the specification or by what the machine has.
enum Excuse {
  /// In lines with this text, these bits of the number behind it may differ.
  case bits(String, UInt64)
  /// From the first line that names this the programs go different ways.
  case rest(String)

  static func of(_ program: String) -> [Excuse] {
    // `mip.MTIP`: Spike's `mtimecmp` is 0 at reset, here it is all ones; the specification leaves it open. `medeleg` bit 0:
    // Spike wires it to zero, since no fetch is misaligned with C; it may be writable. `mideleg` bit 12 is one for Spike,
    // though `hgeie` has no bits; the specification wants it to be zero then.
    var excuses: [Excuse] = [
      .bits("c836_mip 0x", 1 << 7), .bits("c770_medeleg 0x", 1), .bits("c771_mideleg 0x", 1 << 12),
    ]
    switch program {
    // The board has no triggers; Spike has four.
    case "rv64mi-p-breakpoint": excuses.append(.rest("_tdata"))
    // `misa.C` can be cleared in Spike.
    case "rv64mi-p-ma_fetch": excuses.append(.rest("_misa 0x"))
    // `marchid` is 5 for Spike; the instruction is `csrr a0, marchid`.
    case "rv64mi-p-mcsr": excuses.append(.bits("(0xf1202573) x10 0x", 5))
    default: break
    }
    return excuses
  }
}

/// Compares two logs.
enum Comparison {
  /// The lines from the first instruction of the program on.
  static func program(_ log: String) -> ArraySlice<Substring> {
    let lines = log.split(separator: "\n")
    return lines.drop { !$0.contains("0x0000000080000000 (") }
  }

  /// What differs first, for the person; nil when nothing does.
  static func firstDifference(
    _ ours: ArraySlice<Substring>, _ spikes: ArraySlice<Substring>, _ excuses: [Excuse]
  ) -> String? {
    var (a, b) = (ours[...], spikes[...])
    if a.isEmpty || b.isEmpty { return "a log without the program: \(a.count) and \(b.count) lines" }
    while let one = a.first, let other = b.first {
      if one != other {
        if goesAnotherWay(one, other, excuses) { return nil }
        if isLostReservation(one, other) {
          // Spike's scheduler took the reservation: it does the loop again, until it has stored too.
          guard let again = b.prefix(64).firstIndex(of: one) else { return "the store-conditional is never repeated" }
          b = b[again...]
        } else if !isExcused(one, other, excuses) {
          return "after \(ours.count - a.count) lines\n  \(one)\nin place of\n  \(other)"
        }
      }
      a.removeFirst()
      b.removeFirst()
    }
    let (rest, spin) = a.isEmpty ? (b, ours.suffix(16)) : (a, spikes.suffix(16))
    guard let stray = rest.first(where: { !spin.contains($0) }) else { return nil }
    return "one log goes on: \(stray)"
  }

  private static func goesAnotherWay(_ one: Substring, _ other: Substring, _ excuses: [Excuse]) -> Bool {
    excuses.contains { if case .rest(let text) = $0 { one.contains(text) && other.contains(text) } else { false } }
  }

  /// The lines are equal but for the bits.
  private static func isExcused(_ one: Substring, _ other: Substring, _ excuses: [Excuse]) -> Bool {
    excuses.contains { excuse in
      guard case .bits(let text, let mask) = excuse, let a = one.range(of: text), let b = other.range(of: text),
        one[..<a.lowerBound] == other[..<b.lowerBound],
        let (value, rest) = number(one[a.upperBound...]), let (second, end) = number(other[b.upperBound...])
      else { return false }
      return rest == end && (value ^ second) & ~mask == 0
    }
  }
  private static func number(_ text: Substring) -> (UInt64, Substring)? {
    UInt64(text.prefix(16), radix: 16).map { ($0, text.dropFirst(16)) }
  }

  /// A store-conditional that stored here, and did not for Spike.
  private static func isLostReservation(_ one: Substring, _ other: Substring) -> Bool {
    guard let start = one.firstIndex(of: "("), let bits = UInt32(one[start...].dropFirst(3).prefix(8), radix: 16) else {
      return false
    }
    return bits & 0xf800_707f == 0x1800_202f && one.contains(" mem ") && !other.contains(" mem ")
      && one.prefix(41) == other.prefix(41)
  }
}

/// Spike, and what it runs.
enum Reference {
  static let spike: String? = {
    let variables = ProcessInfo.processInfo.environment
    let candidates =
      [variables["SPIKE"]].compactMap { $0 } + (variables["PATH"] ?? "").split(separator: ":").map { $0 + "/spike" }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Suites for extensions that the board does not have.
  private static let foreign = ["rv64uzbc-", "rv64uzfh-", "rv64uv-", "rv64uzvb"]

  static let programs: [String] = {
    guard spike != nil, let folder = ProcessInfo.processInfo.environment["VITRINE_CONFORMANCE"],
      let files = FileManager.default.enumerator(atPath: folder)
    else { return [] }
    return files.compactMap { $0 as? String }.sorted().map { folder + "/" + $0 }.filter { path in
      guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 20), head.count == 20
      else { return false }
      let name = path.split(separator: "/").last!
      return head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) && head[18] == 0xf3
        && !foreign.contains { name.hasPrefix($0) }
    }
  }()

  /// Neither side sets A and D bits by itself, but where a test is about that: Spike does it only where software asks. The bits of `misa` agree without
  /// the B of bit manipulation, which ours does not show; only tests of those instructions have it.
  static func machine(_ program: String) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memorySize = 256 << 20
    configuration.cpu.svade = !program.contains("svadu")
    configuration.program = FilePath(program)
    return try Machine(configuration)
  }
  private static func isa(_ program: String) -> String {
    var isa = "rv64gch_zicond_zicntr_zihpm_sstc_svinval_svnapot_zicbom_zicboz_zawrs_zicclsm"
    if program.contains("rv64uzb") { isa += "_zba_zbb_zbs" }
    if program.contains("svadu") { isa += "_svadu" }
    return isa
  }

  /// Spike's log of the program, from its first instruction on.
  static func log(of program: String) throws -> ArraySlice<Substring> {
    let file = NSTemporaryDirectory() + "spike-\(UUID().uuidString).log"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(spike))
    process.arguments = [
      "--isa=" + isa(program), "--log-commits", "--log=" + file, "--instructions=2000000", program,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Comparison.program(try String(contentsOfFile: file, encoding: .utf8))
  }
}
