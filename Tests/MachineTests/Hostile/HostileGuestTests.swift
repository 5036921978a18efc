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
    let seen = Seen()
    for seed in HostileSeeds.few(6) {
      var fast = try HostileGuest(kind, seed: seed, disk: disk)
      var reference = try HostileGuest(kind, seed: seed, disk: disk)
      reference.machine.usesStepPath = true
      // Looking is free: only one of the two is looked at.
      fast.machine.eventMask = [.trap, .interrupt]
      fast.machine.eventHandler = { seen.note($1) }
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
    #expect(retired > steps / 2, "the guests got somewhere: \(retired) of \(steps)")
    // The guests are worth something only if they get around.
    #expect(seen.modes.count == PrivilegeMode.allCases.count, "\(seen.modes)")
    #expect(seen.causes.count >= 10, "\(seen.causes)")
    if kind == .interrupts || kind == .everything { #expect(seen.interrupts.count >= 4, "\(seen.interrupts)") }
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

/// Where traps came from, and which.
private final class Seen {
  private(set) var modes: Set<PrivilegeMode> = []
  private(set) var causes: Set<ExceptionCause> = []
  private(set) var interrupts: Set<Interrupt> = []

  /// Never stops the run.
  func note(_ event: Event) -> Bool {
    switch event.kind {
    case .trap(let cause, _, let mode, _):
      causes.insert(cause)
      modes.insert(mode)
    case .interrupt(let interrupt, let mode, _):
      interrupts.insert(interrupt)
      modes.insert(mode)
    default: break
    }
    return false
  }
}
