import Foundation
import Guests
import RISCV
import Testing

/// `vitrine run --monitor`, as a student uses it.
@Suite("A monitor of one's own", .serialized)
struct OwnMonitorTests {
  private static func monitor(_ name: String) throws -> String {
    try #require(Guests.catalog) + "/tiny-monitor/\(name).elf"
  }
  private func run(_ monitor: String, _ more: [String] = []) throws -> Outcome {
    try vitrine(["run", "--monitor", monitor, "--guest", "hello"] + more)
  }

  @Test("The guest runs to its end, and --check says that all was right", arguments: ["monitor", "no-h"])
  func right(name: String) throws {
    let outcome = try run(try Self.monitor(name), ["--check", "monitor", "--stats"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("hello from user mode: 5! = 120, found in 5 calls\n"))
    #expect(
      outcome.errors.contains("entries into the guest, and no difference from the reference\n"), "\(outcome.errors)")
    #expect(outcome.errors.contains("VM-EXIT") && outcome.errors.contains("environment-call"))
    #expect(outcome.errors.contains(name == "no-h" ? "hidden-fault" : "nested-fill"))
  }

  @Test("The guest tiny-monitor is the same with its options in a manifest")
  func manifest() throws {
    let outcome = try vitrine(["run", "tiny-monitor"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(outcome.output.contains("monitor: the guest has ended, exits: 0x72\n"))
  }

  @Test(
    "A mistake is told at the right instruction, and the status is 1",
    arguments: [
      (
        "clobber",
        ["1 difference from the reference:\n", "guest a0   yours 0x", "clobbered at trap.S:", "(never restored)"]
      ),
      ("forget", ["The page is still missing in your G-stage table", "gpa:0x80207", "1 mistake:"]),
      ("copy", ["The page is not as the guest's image has it: at gpa:0x80206000 yours 0x", "`info writer hpa:0x"]),
      (
        "wrong-pc",
        [
          "guest pc   yours 0x", "sepc written at trap.S:", "(it would take the same exit for ever)",
          "environment-call",
        ]
      ),
      (
        "too-much",
        [
          "Your shadow leads gva:0x400000 to hpa:0x", " RWX; the guest's own table, with its memory, to hpa:0x", " RX.",
          "It allows more than the guest's entry does now", "1 mistake:",
        ]
      ),
      (
        "loop", ["has not entered its guest again.\n", "It goes round in ", "sbi.c:", "only an interrupt could end it"]
      ),
    ])
  func mistake(name: String, messages: [String]) throws {
    let outcome = try run(try Self.monitor(name), ["--check", "monitor", "--max-instructions", "5000000"])
    #expect(outcome.status == 1)
    for message in messages { #expect(outcome.errors.contains(message), "\(message) in\n\(outcome.errors)") }
  }

  @Test("The guests that look for a monitor's mistakes find none in a hart of their own", arguments: ["csrs", "remap"])
  func onBareHart(name: String) throws {
    let image = try #require(Guests.supervisorImage(named: name))
    let firmware = try #require(Guests.firmware)
    for more in [[], ["--cpu", "svade"], ["--check", "stale-translation"]] {
      let outcome = try vitrine(["run", "--bios", firmware, "--kernel", image] + more)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("\(name): all as a hart does it, checks: "), "\(outcome.output)")
    }
  }

  @Test(
    "Firmware that looks for a monitor's mistakes finds none in a hart, under any technique",
    arguments: ["native", "emulation", "trap-and-emulate", "binary-translation", "hardware-assisted"])
  func firmwareOnBareHart(technique: String) throws {
    let outcome = try vitrine(["run", "csrs", "--technique", technique])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasSuffix("csrs: all as a hart does it, checks: 61\n"), "\(outcome.output)")
  }

  @Test("Without --check a wrong monitor is named at the end")
  func unasked() throws {
    let outcome = try run(try Self.monitor("wrong-pc"), ["--max-instructions", "300000"])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("not right; --check monitor stops at the first and tells why"), "\(outcome.errors)")
  }

  @Test(
    "What cannot be is said, with what to do",
    arguments: [
      (["--guest", "hello"], "give --monitor FILE.elf, too"),
      (["--monitor", "MONITOR"], "--monitor needs --guest: give boot, csrs, hello, or"),
      (["--monitor", "MONITOR", "--guest", "nobody"], "no guest of that name; give boot, csrs, hello, or"),
      (["--monitor", "MONITOR", "--guest", "traps"], "no image that starts in S-mode; give boot, csrs, hello, or"),
      (["--monitor", "MONITOR", "--guest", "traps"], "With --guest-mode machine it runs from its first instruction"),
      (["--guest-mode", "machine"], "--guest-mode tells how a monitor of yours runs: give --monitor FILE.elf, too"),
      (["--monitor", "MONITOR", "--guest", "boot", "--guest-mode", "machine"], "no image that starts in M-mode"),
      (["--monitor", "MONITOR", "--guest", "remap", "--guest-mode", "machine"], "no image that starts in M-mode"),
      (["--monitor", "MONITOR", "--guest", "nobody", "--guest-mode", "machine"], "there is no guest of that name"),
      (["--monitor", "MONITOR", "--guest", "MONITOR", "--guest-mode", "machine"], "leave --guest-mode out"),
      (["--monitor", "MONITOR", "--guest", "hello", "--guest-mode", "user"], "supervisor"),
      (["--monitor", "MONITOR", "--guest", "./nothing.elf"], "nothing.elf"),
      (["--monitor", "MONITOR", "--guest", "MONITOR", "--technique", "emulation"], "leave --technique out"),
      (["hello", "--monitor", "MONITOR", "--guest", "hello"], "the guest is named by --guest"),
      (["--monitor", "MONITOR", "--guest", "hello", "--kernel", "x"], "takes the place of --kernel"),
      (["--monitor", "MONITOR", "--guest", "hello", "--bios", "none"], "needs firmware below it"),
      (["--monitor", "README", "--guest", "hello"], "not an ELF file; a monitor has to be one"),
      (["--monitor", "HOST", "--guest", "hello"], "RISC-V"),
      (["--monitor", "FIRMWARE", "--guest", "hello"], "overlaps"),
      (["--monitor", "MONITOR", "--guest", "README"], "is not an ELF file"),
      (["--monitor", "/nowhere/vmm.elf", "--guest", "hello"], "/nowhere/vmm.elf"),
      (["hello", "--check", "monitor"], "name it with --monitor FILE.elf"),
      (["--monitor", "MONITOR", "--guest", "hello", "--check", "nothing"], "the checks are"),
    ])
  func refused(arguments: [String], message: String) throws {
    let catalog = try #require(Guests.catalog)
    let places = [
      "MONITOR": try Self.monitor("monitor"), "README": catalog + "/README.md",
      "FIRMWARE": catalog + "/hello/hello.elf",
      "HOST": try vitrineProgram().path,
    ]
    let outcome = try vitrine(["run"] + arguments.map { places[$0] ?? $0 })
    #expect(outcome.status == 1 || outcome.status == 64)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  /// An ELF file with these instructions at 0x80200000.
  private func handmade(_ code: [String]) throws -> String {
    var bits: [UInt8] = []
    for line in code {
      bits += try Assembler.assemble(line, at: 0x8020_0000 + UInt64(bits.count))
    }
    func little(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += little(2, 2) + little(243, 2) + little(1, 4) + little(0x8020_0000, 8) + little(64, 8) + little(0, 8)
    file += little(0, 4) + little(64, 2) + little(56, 2) + little(1, 2) + little(0, 2) + little(0, 2) + little(0, 2)
    file += little(1, 4) + little(5, 4) + little(120, 8) + little(0x8020_0000, 8) + little(0x8020_0000, 8)
    file += little(UInt64(bits.count), 8) + little(UInt64(bits.count), 8) + little(4, 8)
    let path = NSTemporaryDirectory() + "vitrine-monitor-\(UUID().uuidString).elf"
    try Data(file + bits).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(
    "A monitor that is none is told so",
    arguments: [
      // Jumps into nowhere; returns to M-mode, which it cannot; waits; goes round; ends the run.
      (["jr zero"], "It traps at 0x0"),
      (["mret"], "It traps at 0x0"),
      (["wfi", "j 0x80200000"], "your monitor never entered its guest"),
      (["addi a0, a0, 0", "j 0x80200000"], "It goes round in 2 instructions"),
      (["lui a0, 0x100", "lui a1, 5", "addi a1, a1, 0x555", "sw a1, 0(a0)"], "your monitor never entered its guest"),
    ])
  func hopeless(code: [String], message: String) throws {
    let path = try handmade(code)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = try run(path, ["--check", "monitor", "--max-instructions", "5000000"])
    #expect(outcome.status == 1 || outcome.status == 3)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
