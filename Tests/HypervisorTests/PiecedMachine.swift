import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

/// Machines whose guest is a few instructions that a test puts where it wants them.
enum PiecedMachine {
  static let base: UInt64 = 0x8000_0000

  /// A machine in machine mode with pieces of code, each by its address; it starts at ``base``.
  static func make(
    _ technique: Technique, _ pieces: [(address: UInt64, lines: [String])], _ choices: MonitorChoices = MonitorChoices()
  ) throws -> VirtualMachine {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: "hello")))
    configuration.memorySize = 16 << 20
    let virtual = try VirtualMachine(configuration, technique: technique, choices: choices)
    let memory = virtual.machine.memory
    for piece in pieces {
      var bytes: [UInt8] = []
      for line in piece.lines {
        // Of four bytes each, so that the distances hold.
        let part = try Assembler.assemble(line, at: piece.address + UInt64(bytes.count))
        bytes += part.count == 2 ? try Assembler.assemble("c.nop", at: 0) + part : part
      }
      memory.write(bytes, to: GuestPhysicalAddress(piece.address))
    }
    return virtual
  }

  /// Whether a guest does the same in two machines, instruction by instruction.
  static func areAlike(
    _ native: VirtualMachine, _ translated: VirtualMachine, steps: Int, _ what: String
  ) -> Bool {
    for step in 0..<steps {
      _ = native.machine.run(stepLimit: 1)
      _ = translated.machine.run(stepLimit: 1)
      let (one, other) = (native.machine.harts[0], translated.machine.harts[0])
      guard one.pc == other.pc && (1..<32).allSatisfy({ one.x($0) == other.x($0) }) else {
        Issue.record(
          "step \(step): pc \(String(one.pc, radix: 16)) and \(String(other.pc, radix: 16)), \(what)")
        return false
      }
    }
    #expect(native.machine.digest() == translated.machine.digest())
    return true
  }
}
