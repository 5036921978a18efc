import Foundation
import Machine
import RISCV
import SystemPackage
import Testing

/// Guests that do everything wrong: no crash, no hang, and the same state on the block loop and on the step path.
@Suite("Hostile guests")
struct HostileGuestTests {
  private let folder: TemporaryFolder
  private let disk: FilePath

  init() throws {
    folder = try TemporaryFolder()
    var random = Xoshiro256(seed: 1, stream: 99)
    disk = FilePath(try folder.write(HostileCode(kind: .selfModifying).fill(64 * 512, &random), to: "disk.img"))
  }

  @Test(
    "CSRs, page tables, code that changes, interrupts and all of it: both paths agree",
    arguments: HostileCode.Kind.allCases)
  func agree(kind: HostileCode.Kind) throws {
    var retired: UInt64 = 0
    var steps: UInt64 = 0
    for seed in HostileSeeds.few(6) {
      var fast = try HostileGuest(kind, seed: seed, disk: disk)
      var reference = try HostileGuest(kind, seed: seed, disk: disk)
      reference.machine.usesStepPath = true
      var random = Xoshiro256(seed: seed, stream: 7)
      for round in 0..<24 {
        fast.nudge()
        reference.nudge()
        let limit = UInt64(1 + random.below(random.isOne(in: 3) ? 30 : 5000))
        let one = fast.machine.run(stepLimit: limit)
        let other = reference.machine.run(stepLimit: limit)
        let (left, right) = (Self.state(fast.machine), Self.state(reference.machine))
        guard one == other, left == right else {
          let difference = zip(left, right).first { $0 != $1 }
          Issue.record("\(kind), seed \(seed), round \(round): \(one), \(other); \(String(describing: difference))")
          break
        }
      }
      retired += fast.machine.position
      steps += fast.machine.steps
    }
    #expect(retired > steps / 50, "the guests got somewhere: \(retired) of \(steps)")
  }

  /// Everything that can be seen of a machine, with names.
  private static func state(_ machine: Machine) -> [String] {
    var state = ["position \(machine.position)", "clock \(machine.clock)", "time \(machine.time)"]
    for hart in machine.harts {
      state += ["hart \(hart.index) pc \(hart.pc) \(hart.privilege) \(hart.isWaiting) retired \(hart.retired)"]
    }
    for window in machine.board.bus.windows {
      state += window.device.fields.map { "\(window.device.name) \($0.name) \($0.value)" }
    }
    return state + ["digest \(machine.digest())"]
  }
}
