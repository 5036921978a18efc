import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

/// Whatever compares or replays makes virtual machines by the thousand.
@Suite("What nobody uses any more goes")
struct LifetimeTests {
  /// One thing, for as long as somebody else holds it.
  private struct Part {
    let name: String
    weak var object: AnyObject?

    init(_ name: String, _ object: AnyObject?) {
      self.name = name
      self.object = object
    }
  }

  /// Parts of a virtual machine that ran to its guest's end.
  private func parts(_ guest: String, _ technique: Technique, harts: Int) throws -> [Part] {
    let run = try GuestUnderTechnique(program: guest, hartCount: harts)
    let virtual = try run.virtualMachine(technique)
    #expect(virtual.machine.run(limit: 10_000_000) == .exited(.success))
    return [
      Part("virtual machine", virtual), Part("machine", virtual.machine), Part("board", virtual.machine.board),
      Part("memory", virtual.machine.memory), Part("hart", virtual.machine.harts[0]), Part("host", virtual.host),
      Part("host's memory", virtual.host?.memory), Part("host's hart", virtual.host?.harts[0]),
      Part("virtual CPU", virtual.cpus.first), Part("code cache", virtual.codeCache),
      Part("unit", virtual.codeCache?.units.first),
    ]
  }

  @Test("A virtual machine goes with all that it is made of", arguments: Technique.all)
  func virtualMachine(technique: Technique) throws {
    for (guest, harts) in [("pagefaults", 1), ("smp", 3)] {
      let left = try parts(guest, technique, harts: harts).filter { $0.object != nil }.map(\.name)
      #expect(left.isEmpty, "\(guest): \(left)")
    }
  }
}
