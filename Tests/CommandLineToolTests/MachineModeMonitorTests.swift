import Foundation
import Guests
import Testing

/// The monitor of assignment A2, finished, with guests that bring their own firmware.
@Suite(
  "A monitor of one's own whose guest begins in M-mode", .serialized,
  .enabled(if: FinishedMonitor.canBeBuilt, "there is no toolchain to build a monitor with"))
struct MachineModeMonitorTests {
  @Test(
    "Firmware, kernel and program run in U-mode, and each entry is as the architecture wants it",
    arguments: [
      ("hello", "hello from hart 0, machine mode\nhello from supervisor mode, by ecall\n", 804),
      ("csrs", "csrs: all as a hart does it, checks: 61\n", 313),
      ("pagefaults", "3 processes ended\n", 637),
      ("selfmodify", "a store to the very next instruction is seen\n", 2),
    ])
  func right(guest: String, output: String, entries: Int) throws {
    let monitor = try FinishedMonitor()
    let outcome = try monitor.run(guest, ["--guest-mode", "machine"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(output), "\(outcome.output)")
    #expect(
      outcome.errors.contains("\(entries) entries into the guest, and no difference from the reference\n"),
      "\(outcome.errors)")
  }

  @Test("The same monitor is the firmware of a kernel that has none", arguments: ["hello", "csrs"])
  func supervisor(guest: String) throws {
    let outcome = try FinishedMonitor().run(guest, [])
    #expect(outcome.status == 0 && outcome.errors.contains("no difference from the reference"), "\(outcome.errors)")
  }

  @Test(
    "A mistake about M-mode is told where it is made: the register, both values, the line",
    arguments: [
      ("wrong-mepc-odd", "csrs", ["mepc   yours 0x80000007   reference 0x80000006   vitrine_vcpu written at csr.c:"]),
      ("wrong-whole-status", "hello", ["mstatus   yours 0xa00000000   reference 0xa00000080"]),
      (
        "wrong-no-mscratch", "hello", ["the instruction is done in the guest's place", "csr-access", "pc   ", "mcause"]
      ),
      ("wrong-mpp", "hello", ["mstatus   yours 0xa00001800   reference 0xa00000800", "environment call from S-mode"]),
      ("wrong-mret-keeps-mpp", "hello", ["mstatus   yours 0xa00000880   reference 0xa00000080", "(trap-return, "]),
      (
        "wrong-call-cause", "csrs",
        ["mcause   yours 0x8   reference 0xb", "the guest takes it: environment call from M-mode"]
      ),
      (
        "wrong-always-delegated", "csrs",
        ["guest mode      yours S", "reference M", "mcause    yours 0x9           reference 0x2", "written at trap.c:"]
      ),
      (
        "wrong-forbids-nothing", "csrs", ["reference: the guest takes it: illegal instruction", "reference 0x10200073"]
      ),
    ])
  func mistake(solution: String, guest: String, messages: [String]) throws {
    let outcome = try FinishedMonitor(solution).run(guest, ["--guest-mode", "machine"])
    #expect(outcome.status == 1)
    for message in messages { #expect(outcome.errors.contains(message), "\(message) in\n\(outcome.errors)") }
  }

  @Test("At the prompt the guest's firmware is a layer, its mode is M, and its record is shown")
  func prompt() throws {
    let monitor = try FinishedMonitor()
    let outcome = try vitrine(
      ["debug", "--monitor", monitor.image, "--guest", "hello", "--guest-mode", "machine", "-nx", "--batch"]
        + ["tbreak firmware_main", "continue", "info vcpu", "tbreak user_main", "continue", "info vcpu", "info ledger"]
        .flatMap { ["-ex", $0] })
    for text in [
      "firmware (yours) M (physical U)", "mode M\nmstatus 0xa00000000  mie 0x0", "user (yours) U (physical U)",
      "mode U\n",
      "medeleg 0xb100", "on behalf of: firmware ",
    ] {
      #expect(outcome.output.contains(text), "\(text) in\n\(outcome.output)\(outcome.errors)")
    }
  }
}

/// The skeleton of A2 with the solutions in place of its holes, or with one of the solutions that are wrong, built.
private final class FinishedMonitor {
  private let folder = NSTemporaryDirectory() + "vitrine-a2-\(UUID().uuidString)"
  var image: String { folder + ".elf" }

  static let canBeBuilt = (try? build(["--version"])) == 0

  init(_ wrong: String? = nil) throws {
    let files = FileManager.default
    try files.copyItem(atPath: try #require(Guests.catalog) + "/skeletons/trap-and-emulate", toPath: folder)
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let solutions = root.path + "/Lessons/Course/A2-trap-and-emulate/solutions"
    for source in [solutions] + (wrong.map { [solutions + "/" + $0] } ?? []) {
      for name in try files.contentsOfDirectory(atPath: source) where name.hasSuffix(".c") {
        try? files.removeItem(atPath: folder + "/" + name)
        try files.copyItem(atPath: source + "/" + name, toPath: folder + "/" + name)
      }
    }
    try #require(try Self.build(["--folder", folder, image]) == 0)
  }

  deinit {
    for path in [folder, image] { try? FileManager.default.removeItem(atPath: path) }
  }

  func run(_ guest: String, _ more: [String]) throws -> Outcome {
    try vitrine(
      ["run", "--monitor", image, "--guest", guest, "--check", "monitor", "--max-instructions", "200000000"] + more)
  }

  private static func build(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: (Guests.catalog ?? "") + "/build")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
