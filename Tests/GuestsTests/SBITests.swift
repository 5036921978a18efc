import Foundation
import Guests
import Machine
import SystemPackage
import Testing

/// The guest `sbi`, on the firmware of the guest `boot` and on Debian's OpenSBI.
@Suite("SBI calls")
struct SBITests {
  private static func answers(bios: FilePath = BootChain.firmware, harts: Int = 4) throws -> [String: [String]] {
    let kernel = FilePath((Guests.catalog ?? "no catalog") + "/sbi/kernel.elf")
    let run = try BootRun(bios: bios, kernel: kernel, harts: harts)
    #expect(run.reason == .exited(.success), "\(run.reason)\n\(run.console)")
    var sections: [String: [String]] = [:]
    for section in run.console.components(separatedBy: "\n-- ").dropFirst() {
      let lines = section.components(separatedBy: "\n")
      sections[lines[0]] = Array(lines.dropFirst())
    }
    return sections
  }

  /// Errors of the specification's chapter on the binary encoding.
  private enum Code {
    static let notSupported = -2
    static let invalidParameter = -3
    static let invalidAddress = -5
    static let alreadyAvailable = -6
  }

  @Test("Each call answers as the specification says", arguments: [1, 2, 4, 8])
  func specified(harts: Int) throws {
    let answers = try Self.answers(harts: harts)
    let base = try #require(answers["base"])
    #expect(base.first == "specification version: major 2")
    for name in ["base", "TIME", "IPI", "RFENCE", "HSM", "SRST", "DBCN"] {
      #expect(base.contains("probe \(name): 0, 1"), "\(name)")
    }
    for name in ["none", "paravirtual"] { #expect(base.contains("probe \(name): 0, 0"), "\(name)") }
    #expect(base.filter { $0 == "  function 99 of it, error: \(Code.notSupported)" }.count == 9)

    let console = try #require(answers["the console"])
    #expect(console.first == "these words are written by the firmware")
    for line in ["write the firmware", "read over the firmware", "write where nothing is"] {
      #expect(console.contains("\(line): \(Code.invalidParameter)"))
    }
    let allowed = try #require(answers["what the supervisor may not do"])
    #expect(allowed.contains("a load from the firmware: cause 5"), "a load access fault")
    #expect(allowed.contains("an instruction that is none: cause 2"))
    #expect(allowed.contains("reset of an unknown kind: \(Code.invalidParameter)"))
    #expect(allowed.contains("reset for an unknown reason: \(Code.invalidParameter)"))

    let lines = try #require(answers["harts"])
    #expect(lines.contains("start of this hart: \(Code.alreadyAvailable)"))
    for line in ["the state of a hart", "start of a hart", "IPI to a hart", "fence on a hart"] {
      #expect(lines.contains("\(line) that does not exist: \(Code.invalidParameter)"), "\(line)")
    }
    guard harts > 1 else { return }
    #expect(lines.contains("its start at the firmware: \(Code.invalidAddress)"))
    #expect(lines.contains("its start where nothing is: \(Code.invalidAddress)"))
    #expect(lines.contains("its start again: \(Code.alreadyAvailable)"))
    for hart in 1..<harts { #expect(lines.contains("hart \(hart) arrives with \(100 + hart)")) }
    #expect(lines.contains("it reads 1; after a fence: 0") && lines.contains("it reads 1"))
    #expect(lines.contains("it reads 2; after a fence of its address space: 0"))
    #expect(lines.contains("all fence all: 0 errors"))
    #expect(lines.contains("it begins anew with 77"))
    #expect(lines.contains("hart 1 arrives with 201"))
  }

  @Test(
    "Each call answers as OpenSBI does",
    .enabled(if: DebianFirmware.isInstalled, "Debian's packages opensbi and u-boot-qemu are not installed"))
  func asOpenSBI() throws {
    let ours = try Self.answers()
    let theirs = try Self.answers(bios: FilePath(DebianFirmware.openSBI).appending("fw_dynamic.bin"))
    // Older ones have no debug console, and OpenSBI does not know where memory ends.
    let differing = ["specification version", "probe DBCN", "where nothing is"]
    for (section, lines) in theirs {
      let compared = { (lines: [String]) in lines.filter { line in !differing.contains { line.contains($0) } } }
      #expect(compared(ours[section] ?? []) == compared(lines), "\(section)")
    }
    #expect(Set(theirs.keys).isSuperset(of: Set(ours.keys).subtracting(["the console"])))
  }

  @Test(
    "U-Boot runs on it and powers off",
    .enabled(if: DebianFirmware.isInstalled, "Debian's package u-boot-qemu is not installed"))
  func uBoot() throws {
    let run = try BootRun(
      kernel: FilePath(DebianFirmware.uBoot), harts: 2,
      typing: [
        TypingRule(prompt: "Hit any key to stop autoboot", text: " "), TypingRule(prompt: "\n=> ", text: "bdinfo\n"),
        TypingRule(prompt: "\n=> ", text: "poweroff\n"),
      ], limit: 2_000_000_000)
    #expect(run.reason == .exited(.success), "\(run.reason)\n\(run.console)")
    #expect(run.console.contains("[0x80000000-0x8003ffff]"), "the firmware's memory is reserved")
  }
}
