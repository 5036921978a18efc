import Foundation
import Machine
import SystemPackage
import Testing

/// The boot of Debian's OpenSBI and U-Boot, driven from the prompt. Counts differ from version to version, so only what the
/// person relies on is compared.
@Suite("A session with OpenSBI and U-Boot")
struct FirmwareSessionTests {
  static let bios = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf"
  static let kernel = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
  static let isInstalled =
    FileManager.default.fileExists(atPath: bios) && FileManager.default.fileExists(atPath: kernel)

  @Test(
    "Stop at reset, stepstage twice, break on a symbol, watch a word, change a register, go on",
    .enabled(if: isInstalled, "Debian's packages opensbi and u-boot-qemu are not installed"))
  func boot() throws {
    var configuration = MachineConfiguration()
    configuration.bios = .file(FilePath(Self.bios))
    configuration.kernel = FilePath(Self.kernel)
    let prompt = try Prompt(configuration)
    #expect(prompt.answer("x/i $pc").hasPrefix("=> 0x1000:\t"))
    #expect(prompt.answer("stepstage").contains("\nfirmware native M  0x80000000"))
    #expect(prompt.answer("break sbi_tlb_local_fence_i").contains("<sbi_tlb_local_fence_i>"))
    #expect(prompt.answer("watch last_hartid_having_scratch") == "Watchpoint 2: last_hartid_having_scratch\n")
    #expect(prompt.answer("continue").contains("Watchpoint 2: last_hartid_having_scratch\n  0x7f -> 0x0\n"))
    #expect(prompt.answer("set $s11 = 0x1234") == "")
    #expect(prompt.answer("print/x $s11") == "$1 = 0x1234\n")
    #expect(prompt.answer("delete 2") == "")
    let shown = prompt.answer("stepstage")
    #expect(shown.contains("| OpenSBI v"))
    #expect(shown.contains("\nStage loader, entered at retired "))
    #expect(shown.contains("\nloader native S  0x80200000"))
    let stages = prompt.answer("info stages")
    #expect(stages.contains("\n  firmware ") && stages.contains("\n  loader "))
    // A call of the firmware's remote fence in front of the loader: Debian's firmware names the function that serves it.
    for command in [
      "asm 0x84000000 \"ecall\"", "asm 0x84000004 \"jr s1\"", "set $s1 = $pc", "set $a7 = 0x52464e43", "set $a6 = 0",
      "set $a1 = -1", "set $pc = 0x84000000",
    ] {
      #expect(!prompt.answer(command).contains("rror"))
    }
    let stop = prompt.answer("continue")
    #expect(stop.contains("Breakpoint 1, sbi_tlb_local_fence_i\nfirmware native M  0x"))
    #expect(prompt.answer("tbreak *0x80200000").contains("0x80200000"))
    #expect(prompt.answer("continue").contains("\nloader native S  0x80200000"))
    #expect(prompt.answer("print $a0") == "$2 = 0\n", "the firmware said success")
  }
}
