import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("The balloon under every technique")
struct BalloonTechniqueTests {
  /// A driver for slot 5, in M-mode, with 64 KiB of RAM for itself from 0x80010000 on: queue 0 there, queue 1 a page further. It
  /// goes on for ever: stores a random number to a random page if that is RAM, names the page to one of the queues, whether it is
  /// RAM or not, and adds up what it finds in the page afterwards.
  private static let wildDriver: [String] = {
    var lines = ["lui s0, 0x10006", "li s1, 1", "slli s1, s1, 31", "lui t0, 0x10", "add s1, s1, t0"]
    lines += ["sw zero, 112(s0)", "li t0, 11", "sw t0, 112(s0)"]
    for queue in 0..<2 {
      lines += ["li t0, \(queue)", "sw t0, 48(s0)", "li t0, 8", "sw t0, 56(s0)", "lui t0, \(queue)", "add t1, s1, t0"]
      lines += ["sw t1, 128(s0)", "addi t0, t1, 256", "sw t0, 144(s0)", "addi t0, t1, 512", "sw t0, 160(s0)"]
      lines += ["li t0, 1", "sw t0, 68(s0)"]
      // Descriptor 0: the four bytes at 1024.
      lines += ["addi t0, t1, 1024", "sd t0, 0(t1)", "li t0, 4", "sw t0, 8(t1)"]
    }
    lines += ["li t0, 15", "sw t0, 112(s0)", "lui s6, 8", "addi s6, s6, -1", "lui s4, 0x12345", "addi s4, s4, 0x677"]
    let loop = [
      // Xorshift.
      "slli t0, s4, 13", "xor s4, s4, t0", "srli t0, s4, 7", "xor s4, s4, t0", "slli t0, s4, 17", "xor s4, s4, t0",
      // t1: the page's number, half of them beyond 64 MiB. t2: its address.
      "and t1, s4, s6", "lui t0, 0x80", "add t1, t1, t0", "slli t2, t1, 12",
      // Beyond RAM nothing is stored, and nothing read: t3 is zero.
      "srli t3, t1, 14", "xori t3, t3, 32", "seqz t3, t3", "beqz t3, .+8", "sd s4, 8(t2)",
      // t4: the queue, its rings at t5; s2 and s3 count what was offered.
      "srli t4, s4, 40", "andi t4, t4, 1", "slli t5, t4, 12", "add t5, t5, s1", "sw t1, 1024(t5)",
      "bnez t4, .+16", "addi s2, s2, 1", "sh s2, 258(t5)", "j .+12", "addi s3, s3, 1", "sh s3, 258(t5)",
      "sw t4, 80(s0)", "beqz t3, .+12", "ld t0, 8(t2)", "add s5, s5, t0",
    ]
    lines += loop
    let size = 4 * loop.count
    return lines + ["j .-\(size)"]
  }()

  private static func wild(_ technique: Technique) throws -> VirtualMachine {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "hello")))
    configuration.memorySize = 64 << 20
    configuration.balloon = .init(target: 8 << 20)
    let virtual = try VirtualMachine(configuration, technique: technique)
    var bytes: [UInt8] = []
    for line in wildDriver {
      // Of four bytes each, so that the distances above hold.
      let part = try Assembler.assemble(line, at: 0x8000_0000 + UInt64(bytes.count))
      bytes += part.count == 2 ? try Assembler.assemble("c.nop", at: 0) + part : part
    }
    virtual.machine.memory.write(bytes, to: GuestPhysicalAddress(0x8000_0000))
    return virtual
  }

  @Test("A driver that names any number as a page gets the same from every technique", arguments: Technique.monitored)
  func wildDriver(technique: Technique) throws {
    func end(_ technique: Technique) throws -> (digest: UInt64, balloon: VirtioBalloon, virtual: VirtualMachine) {
      let virtual = try Self.wild(technique)
      _ = virtual.machine.run(stepLimit: 200_000)
      return (virtual.machine.digest(), try #require(virtual.machine.board.balloon), virtual)
    }
    let (native, monitored) = (try end(.native), try end(technique))
    #expect(monitored.digest == native.digest)
    for balloon in [native.balloon, monitored.balloon] {
      #expect(balloon.inflatedCount > 500 && balloon.deflatedCount > 10 && balloon.strayCount > 1000)
    }
  }

  @Test(
    "Lantern gives half of its memory up and takes it back, and helps itself when it has no other",
    arguments: Technique.monitored)
  func lantern(technique: Technique) throws {
    let (native, monitored) = (try Lantern(.native), try Lantern(technique))
    for stage in Lantern.Stage.allCases {
      #expect(try monitored.run(to: stage) == native.run(to: stage), "\(stage)")
      #expect(stage.isReached(native.balloon), "\(stage): \(native.balloon.pages.count) pages")
      // What is given up is the host's; pages that were used before were not only named.
      guard let frames = monitored.virtual.host?.frames, stage == .down else { continue }
      let memory = monitored.virtual.machine.memory
      let kept = (0..<memory.size / 4096).filter { page in
        monitored.balloon.pages.contains(Int(page))
          && frames.hostAddress(of: GuestPhysicalAddress(memory.base + page * 4096)) != nil
      }
      #expect(kept.isEmpty && frames.returned >= 300 && UInt64(frames.mapped) <= memory.size / 4096 - 8192)
    }
  }

  /// The boot chain with a balloon, which uses some of its memory before it is asked for half of it.
  private struct Lantern {
    enum Stage: CaseIterable {
      case used, down, up, helped

      /// What is asked for, in pages, and what is typed, when the stage begins.
      var wanted: UInt32? {
        switch self {
        case .used: nil
        case .down: 8192
        case .up: 0
        case .helped: 14_000
        }
      }
      var typed: String {
        switch self {
        case .used: "run heap 300\n"
        case .down, .up: "mem\n"
        case .helped: "run heap 1500\n"
        }
      }

      func isReached(_ balloon: VirtioBalloon) -> Bool {
        switch self {
        case .used: balloon.pages.count == 0 && balloon.inflatedCount == 0
        case .down: balloon.pages.count == 8192 && balloon.actual == 8192
        case .up: balloon.pages.count == 0 && balloon.deflatedCount == 8192
        // The program has had more than was free beside the balloon.
        case .helped: balloon.deflatedCount > 8192 + 400
        }
      }
    }
    let virtual: VirtualMachine
    let balloon: VirtioBalloon

    init(_ technique: Technique) throws {
      var run = try GuestUnderTechnique.boot(hartCount: 1)
      run.configuration.balloon = .init()
      virtual = try run.virtualMachine(technique)
      balloon = try #require(virtual.machine.board.balloon)
      _ = try run.run(virtual)
    }

    /// Runs until the shell waits again; what the guest is then.
    func run(to stage: Stage) throws -> GuestUnderTechnique.End {
      let board = virtual.machine.board
      if let wanted = stage.wanted {
        board.balloonRequests.send(wanted)
        _ = virtual.machine.run(stepLimit: 20_000_000)
      }
      board.consoleInput.send(Array(stage.typed.utf8))
      var run = try GuestUnderTechnique.boot(hartCount: 1)
      run.lastWord = "$ "
      return try run.run(virtual)
    }
  }
}
