import Foundation
import Guests
import RISCV
import Testing

@Suite("vitrine qemu", .serialized)
struct QemuCommandTests {
  private func guest(_ name: String) throws -> [String] {
    ["qemu", "-M", "virt", "-nographic", "-bios", try #require(Guests.image(named: name))]
  }

  @Test("The version is what Makefiles parse", arguments: ["--version", "-version"])
  func version(option: String) throws {
    let outcome = try vitrine(["qemu", option])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("QEMU emulator version 7.2.0 "))
    #expect(outcome.output.contains("vitrine"))
  }

  @Test(
    "The help lists options at the beginnings of lines, where xv6's Makefile looks for -gdb",
    arguments: ["-help", "--help", "-h"])
  func help(option: String) throws {
    let outcome = try vitrine(["qemu", option])
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    for start in ["-gdb ", "-drive ", "-machine ", "-S ", "-smp "] { #expect(lines.contains { $0.hasPrefix(start) }) }
    #expect(outcome.output.contains("Example: vitrine qemu"))
    #expect(lines.allSatisfy { $0.count <= 132 })
  }

  @Test("A guest runs, and its number for its failure is the status")
  func status() throws {
    let hello = try vitrine(guest("hello"))
    #expect(hello.status == 0 && hello.errors.isEmpty, "\(hello.errors)")
    #expect(hello.output.hasSuffix("found in 5 calls\n"))
    // The guest `ping` fails with a number of its own.
    let alone = try vitrine(guest("ping") + ["-netdev", "user,id=n", "-device", "virtio-net-device,netdev=n"])
    #expect(alone.status == 2 && alone.output == "I am 10.0.0.86\nnobody there\n")
    #expect(alone.errors.contains("nothing is at the other end"))
  }

  @Test("Wrong usage is status 64 and said on standard error; a bad file is status 1")
  func wrong() throws {
    let outcome = try vitrine(["qemu", "-M", "virt", "-frobnicate"])
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("vitrine qemu: -frobnicate: not an option that is known here; `vitrine"))
    #expect(try vitrine(["qemu", "-M", "virt", "-nographic", "-bios", "none", "-kernel", "/nonexistent"]).status == 1)
  }

  @Test("Ctrl-A x ends the run from a pipe, too")
  func leave() throws {
    let outcome = try vitrine(guest("no-progress"), input: "abc\u{1}x")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("left the guest's console"))
  }

  @Test("-S opens the prompt before the first instruction")
  func prompt() throws {
    let outcome = try vitrine(guest("hello") + ["-S"], input: "print $pc\ncontinue\nquit 5\n")
    #expect(outcome.output.hasPrefix("$1 = (void (*)()) 0x1000") || outcome.output.contains("0x1000"))
    #expect(outcome.output.contains("| hello from hart 0, machine mode"))
    #expect(outcome.status == 5)
  }

  @Test("Ctrl-A c opens the prompt where the guest stands, and it can go back")
  func promptLater() throws {
    let outcome = try vitrine(guest("no-progress"), input: "\u{1}c")
    #expect(outcome.errors.contains("the guest is stopped"))
    #expect(outcome.status == 0)
  }

  @Test("-serial file: and -machine dumpdtb= write files")
  func files() throws {
    let path = NSTemporaryDirectory() + "qemu-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try vitrine(guest("hello") + ["-serial", "file:\(path)"]).output.isEmpty)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("hello from hart 0"))
    #expect(try vitrine(guest("hello") + ["-M", "virt,dumpdtb=\(path)"]).status == 0)
    #expect(FileManager.default.contents(atPath: path)?.prefix(4) == Data([0xd0, 0x0d, 0xfe, 0xed]))
  }

  /// What QEMU itself writes to standard error.
  private static func log(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(qemu))
    process.arguments = arguments + ["-monitor", "none"]
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
  private static let qemu = find("qemu-system-riscv64")
  private static func find(_ program: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @Test(
    "-d int logs traps in QEMU's words",
    .enabled(if: QemuCommandTests.qemu != nil, "qemu-system-riscv64 is not installed"))
  func traps() throws {
    let ours = try vitrine(guest("hello") + ["-d", "int"])
    #expect(try ours.errors == Self.log(Array(guest("hello").dropFirst()) + ["-d", "int"]))
    #expect(ours.errors.contains("desc=user_ecall"))
  }

  @Test(
    "-d exec logs the same blocks in the same order as QEMU, but for those that only one of the two ends at a fence",
    .enabled(if: QemuCommandTests.qemu != nil, "qemu-system-riscv64 is not installed"))
  func blocks() throws {
    let options = try guest("hello").dropFirst() + ["-d", "exec,nochain"]
    // Trace 0: HOST [BASE/PC/FLAGS/FLAGS] SYMBOL
    func blocks(_ log: String) -> [String] {
      log.split(separator: "\n").map { line in
        let parts = line.split(separator: "/")
        return "\(parts.count > 1 ? parts[1] : "")\(line.drop { $0 != "]" }.dropFirst())"
      }
    }
    let (ours, theirs) = (blocks(try log(Array(options))), blocks(try Self.log(Array(options))))
    #expect(ours.count > 2000 && ours.contains("0000000080000000 _start"))
    #expect(ours.difference(from: theirs).count <= 2)
  }

  @Test(
    "-d in_asm lists code that QEMU lists, too",
    .enabled(if: QemuCommandTests.qemu != nil, "qemu-system-riscv64 is not installed"))
  func code() throws {
    let options = try guest("hello").dropFirst() + ["-d", "in_asm"]
    // The address, and the encoding in hexadecimal.
    func lines(_ log: String) -> Set<[Substring]> {
      Set(log.split(separator: "\n").filter { $0.hasPrefix("0x") }.map { Array($0.split(separator: " ").prefix(2)) })
    }
    let log = try log(Array(options))
    let (ours, theirs) = (lines(log), lines(try Self.log(Array(options))))
    #expect(log.contains("IN: firmware_main\nPriv: 3; Virt: 0\n"))
    #expect(ours.count > 600 && ours.isSubset(of: theirs))
    // What stands behind a call of the firmware that never returns is only translated.
    #expect(theirs.count - ours.count < 10)
    let some = try self.log(options + ["-dfilter", "0x80000000+4"])
    #expect(lines(some) == [["0x0000000080000000:", "f1402573"]])
  }

  @Test(
    "-d guest_errors names the accesses that nobody answers",
    .enabled(if: QemuCommandTests.qemu != nil, "qemu-system-riscv64 is not installed"))
  func errors() throws {
    let path = Self.temporary("errors.bin")
    defer { try? FileManager.default.removeItem(atPath: path) }
    // The handler of each trap is what follows.
    let handler = ["auipc t0, 0", "addi t0, t0, 16", "csrw mtvec, t0"]
    let lines = handler + ["lw a1, 16(zero)"] + handler + ["sd a1, 8(zero)"] + handler + ["lbu a1, 3(zero)"]
    let end = ["lui a0, 0x100", "lui a1, 5", "addi a1, a1, 0x555", "sw a1, 0(a0)", "j ."]
    try Data((lines + end).flatMap { try Assembler.assemble($0, at: 0) }).write(to: URL(fileURLWithPath: path))
    let options = ["-M", "virt", "-nographic", "-bios", path, "-d", "guest_errors,int"]
    let ours = try vitrine(["qemu"] + options)
    #expect(ours.status == 0 && ours.errors.contains("Invalid write"), "\(ours.errors)")
    #expect(try ours.errors == Self.log(options))
  }

  private static func temporary(_ name: String) -> String {
    "\(NSTemporaryDirectory())\(ProcessInfo.processInfo.processIdentifier)-\(name)"
  }

  /// What our own log says.
  private func log(_ arguments: [String]) throws -> String {
    let path = Self.temporary("log")
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try vitrine(["qemu"] + arguments + ["-D", path])
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  /// What a course's Makefile does before it starts QEMU, and as it does.
  private static let makefile = """
    QEMU = qemu-system-riscv64
    MIN_QEMU_VERSION = 7.2
    QEMU_VERSION := $(shell $(QEMU) --version | head -n 1 | sed -E 's/^QEMU emulator version ([0-9]+\\.[0-9]+)\\..*/\\1/')
    check-qemu-version:
    \t@if [ "$(shell echo "$(QEMU_VERSION) >= $(MIN_QEMU_VERSION)" | sed 's/[.]//g' | awk '{print ($$1 >= $$3)}')" -eq 0 ]; \\
    \tthen echo "ERROR: Need qemu version >= $(MIN_QEMU_VERSION)"; exit 1; fi
    ifndef CPUS
    CPUS := 3
    endif
    GDBPORT = 26000
    QEMUGDB = $(shell if $(QEMU) -help | grep -q '^-gdb'; then echo "-gdb tcp::$(GDBPORT)"; else echo "-s -p $(GDBPORT)"; fi)
    QEMUOPTS = -machine virt -bios none -kernel $(KERNEL) -m 128M -smp $(CPUS) -nographic
    QEMUOPTS += -global virtio-mmio.force-legacy=false
    QEMUOPTS += -drive file=$(IMAGE),if=none,format=raw,id=x0
    QEMUOPTS += -device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0
    qemu: check-qemu-version
    \t@echo version $(QEMU_VERSION)
    \t$(QEMU) $(QEMUOPTS)
    qemu-gdb:
    \t$(QEMU) $(QEMUOPTS) -S $(QEMUGDB)

    """

  @Test(
    "A Makefile finds the version that it asks for, and runs its kernel",
    .enabled(if: QemuCommandTests.find("make") != nil, "make is not installed"))
  func make() throws {
    let folder = URL(fileURLWithPath: Self.temporary("make"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.makefile.write(to: folder.appendingPathComponent("Makefile"), atomically: true, encoding: .utf8)
    try Data(count: 4096).write(to: folder.appendingPathComponent("fs.img"))
    let kernel = try #require(Guests.image(named: "hello"))
    let program = try vitrineProgram().path
    func make(_ goal: String, _ more: String...) throws -> (status: Int32, text: String) {
      let (process, pipe) = (Process(), Pipe())
      process.executableURL = URL(fileURLWithPath: try #require(Self.find("make")))
      process.arguments =
        ["-C", folder.path, "--no-print-directory", goal, "QEMU='\(program)' qemu", "KERNEL=\(kernel)", "IMAGE=fs.img"]
        + more
      (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, pipe, pipe)
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }
    let run = try make("qemu", "CPUS=1")
    #expect(run.status == 0 && run.text.hasPrefix("version 7.2\n") && run.text.contains(" -smp 1 "))
    #expect(run.text.contains("\nhello from hart 0, machine mode\n"), "\(run.text)")
    #expect(try make("qemu-gdb").text.contains("-gdb tcp::26000: there is no server for gdb yet"))
    #expect(try make("qemu", "MIN_QEMU_VERSION=99.0").text.contains("ERROR: Need qemu version"))
  }
}
