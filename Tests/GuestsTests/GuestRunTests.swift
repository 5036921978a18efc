import Guests
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("Guests on our machine")
struct GuestRunTests {
  @Test("A guest says what it says on QEMU, whatever the path it takes", arguments: Comparison.all)
  func asOnQEMU(comparison: Comparison) throws {
    let ours = try GuestRun(comparison.guest, harts: comparison.harts)
    #expect(ours.reason == .exited(.success))
    let reference = try GuestRun(comparison.guest, harts: comparison.harts, onStepPath: true)
    #expect(reference.console == ours.console)
    #expect(reference.retired == ours.retired)
    #expect(reference.reason == ours.reason)
    #expect(reference.digest == ours.digest)
    guard let qemu = QEMU.path else { return }
    let theirs = try QEMU.console(of: comparison.guest, harts: comparison.harts, qemu: qemu)
    #expect(comparison.normalized(ours.console) == comparison.normalized(theirs))
  }

  @Test("QEMU is here to compare with", .enabled(if: QEMU.path != nil, "qemu-system-riscv64 is not installed"))
  func oracle() throws {
    let version = try Program.run(try #require(QEMU.path), ["--version"])
    #expect(version.output.hasPrefix("QEMU emulator"))
  }

  @Test("hello greets from three modes in fewer than twenty thousand instructions")
  func hello() throws {
    let run = try GuestRun("hello")
    #expect(
      run.console == """
        hello from hart 0, machine mode
        hello from supervisor mode, by ecall
        paging is on: Sv39
        hello from user mode: 5! = 120, found in 5 calls

        """)
    #expect(run.retired < 20_000)
    #expect(try GuestRun("hello", svade: true).console == run.console)
  }

  @Test("no-progress says one line and never comes to an end")
  func noProgress() throws {
    let run = try GuestRun("no-progress", traps: 1000)
    #expect(run.console == "the kernel is booting\n")
    guard case .event(let last) = run.reason, case .trap(let cause, let value, .supervisor, .supervisor) = last.kind
    else {
      Issue.record("not a trap from supervisor mode to itself: \(run.reason)")
      return
    }
    #expect(cause == .instructionPageFault && value == 0 && last.pc == 0)
    #expect(run.retired < 5_000)
    #expect(try GuestRun("no-progress", limit: 1_000_000).reason == .limit)
  }

  @Test("A store to the very next instruction is seen")
  func nextInstruction() throws {
    #expect(try GuestRun("selfmodify").console.contains("a store to the very next instruction is seen\n"))
  }

  @Test("Every run of the harts of smp is the same run", arguments: [1, 2, 5, 8])
  func smp(harts: Int) throws {
    let run = try GuestRun("smp", harts: harts)
    #expect(run.console.hasSuffix("\(harts) of \(harts) harts, sum \(200 * harts)\n"))
    let again = try GuestRun("smp", harts: harts)
    #expect(again.console == run.console && again.retired == run.retired)
  }

  @Test("The loop of bench-integer comes to what its twelve lines say")
  func benchInteger() throws {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "bench-integer")))
    let machine = try Machine(configuration)
    let place = try #require(machine.board.images.lazy.compactMap { $0.address(of: "iterations") }.first)
    machine.memory.store(UInt64(1000), to: GuestPhysicalAddress(place))
    #expect(machine.run(stepLimit: 100_000) == .exited(.success))
    var (a0, a1, a2, a3): (UInt64, UInt64, UInt64, UInt64) = (0x1234_5678, 0x0fed_cba9_8765_4321, 0, 0)
    for _ in 0..<1000 {
      a0 &+= a1
      a2 ^= a0
      a3 = a2 << 7
      a1 = a3 &- a2 >> 9
      a3 |= a0 &* a2
      a2 &+= UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: a3 &+ a1)))
    }
    #expect((10...13).map { machine.harts[0].x($0) } == [a0, a1, a2, a3])
  }

  #if !DEBUG
    @Test("integer-mix comes to the checksums that a C program computed")
    func integerMix() throws {
      let run = try GuestRun("integer-mix", limit: 2_000_000_000)
      #expect(run.reason == .exited(.success))
      #expect(run.retired > 500_000_000)
    }
  #endif
}

/// A guest that ends by itself, and on how many harts it is run.
struct Comparison: CustomTestStringConvertible {
  var guest: String
  var harts: Int
  var testDescription: String { "\(guest) on \(harts)" }

  static let all = [
    ("hello", 1), ("hello", 3), ("timer", 1), ("selfmodify", 1), ("smp", 1), ("smp", 4),
    ("nano", 1), ("pagefaults", 1), ("sensitive", 1), ("memhog", 1), ("twostage", 1), ("rogue", 1),
    ("forgotten-fence", 1), ("forkwait", 1),
    // QEMU with one hart does atomic operations as loads and stores, and then reports a misaligned one as a load.
    ("traps", 2),
  ].map { Comparison(guest: $0.0, harts: $0.1) }

  /// The lines without what may differ: which hart of several comes first, QEMU's late view of its own next instruction, and
  /// what a guest has measured, which it says in lines that begin with "~".
  func normalized(_ console: String) -> [Substring] {
    let lines = console.split(separator: "\n").filter {
      !$0.hasPrefix("a store to the very next instruction") && !$0.hasPrefix("~ ")
    }
    return harts > 1 ? lines.sorted() : lines
  }
}

/// Debian's QEMU, where it is installed.
enum QEMU {
  static let path = Program.find("qemu-system-riscv64")

  static func console(of guest: String, harts: Int, qemu: String) throws -> String {
    let image = try #require(Guests.image(named: guest))
    let outcome = try Program.run(
      qemu, ["-M", "virt", "-cpu", "rv64,h=true", "-smp", "\(harts)", "-nographic", "-monitor", "none", "-bios", image])
    #expect(outcome.status == 0)
    return outcome.output
  }
}
