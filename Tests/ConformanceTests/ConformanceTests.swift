import Foundation
import Machine
import SystemPackage
import Testing

/// Programs that test a RISC-V machine and report through `tohost`, such as riscv-tests: every ELF file below the folder that
/// the environment variable `VITRINE_CONFORMANCE` names, on the fast path and on the reference path.
@Suite(
  "Conformance programs",
  .enabled(if: Programs.folder != nil, "set VITRINE_CONFORMANCE to a folder with built riscv-tests"))
struct ConformanceTests {
  /// More than any of riscv-tests needs; one that does not end by then never will.
  static let limit: UInt64 = 20_000_000

  @Test("The folder holds programs")
  func present() throws {
    #expect(!Programs.all.isEmpty, "no ELF file below \(Programs.folder ?? "")")
  }

  @Test(
    "Programs for extensions that the board does not have are left out",
    .enabled(if: !Programs.foreign.isEmpty), .disabled("not for this board"), arguments: Programs.foreign)
  func foreign(program: String) {}

  @Test("The program ends with success", arguments: Programs.applicable, Engine.allCases)
  func succeeds(program: String, engine: Engine) throws {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Programs.folder)).appending(program)
    let machine = try Machine(configuration)
    machine.usesStepPath = engine == .reference
    #expect(machine.board.htif != nil, "\(program) has no symbol tohost")
    var console: [UInt8] = []
    machine.board.onConsoleOutput = { console.append($0) }

    let reason = machine.run(stepLimit: Self.limit)
    #expect(
      reason == .exited(.success),
      "pc \(String(machine.harts[0].pc, radix: 16)) after \(machine.position), \(String(decoding: console, as: UTF8.self))"
    )
  }
}

/// The way in which instructions are executed.
enum Engine: String, CaseIterable, CustomTestStringConvertible {
  case fast, reference
  var testDescription: String { rawValue }
}

/// What there is to run.
enum Programs {
  static let folder = ProcessInfo.processInfo.environment["VITRINE_CONFORMANCE"]

  /// Paths below the folder, in alphabetical order.
  static let all: [String] = {
    guard let folder, let files = FileManager.default.enumerator(atPath: folder) else { return [] }
    return files.compactMap { $0 as? String }.filter { isExecutable(folder + "/" + $0) }.sorted()
  }()

  /// Suites of riscv-tests for extensions that DESIGN leaves out: carry-less multiplication, half precision, vectors.
  private static let foreignSuites = ["rv64uzbc-", "rv64uzfh-", "rv64uv-", "rv64uzvb"]

  /// Those of an extension that the board does not have.
  static let foreign = all.filter { path in
    foreignSuites.contains { (path.split(separator: "/").last ?? "").hasPrefix($0) }
  }
  static let applicable = all.filter { !foreign.contains($0) }

  /// Whether the file is an ELF file for RISC-V, 64 bits, that can be loaded.
  private static func isExecutable(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 20) else { return false }
    return head.count == 20 && head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) && head[16] == 2 && head[18] == 0xf3
  }
}
