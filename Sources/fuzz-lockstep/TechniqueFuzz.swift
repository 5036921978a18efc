import Foundation
import Hypervisor
import Lockstep
import Machine
import SystemPackage

/// Runs random programs under techniques.
struct TechniqueFuzz {
  let folder: URL
  let techniques: [Technique]
  let stride: UInt64

  func verdict(_ program: LockstepProgram) throws -> Verdict {
    let path = folder.appending(path: "program.elf")
    try Data(program.elf(sendsResults: false)).write(to: path)
    var configuration = MachineConfiguration()
    configuration.memorySize = 8 << 20
    configuration.program = FilePath(path.path)
    var verifier = Verifier(configuration, techniques: [.native] + techniques)
    verifier.stride = stride
    verifier.limit = 1_000_000
    return try verifier.run()
  }

  /// Whether a smaller program shows a difference of the same kind: behind the same instruction, in the same values.
  func isUnexplained(_ program: LockstepProgram, like difference: Difference) throws -> Bool {
    guard case .different(let other) = try verdict(program), !other.cause.isExcused else { return false }
    return other.instruction.prefix { $0 != " " } == difference.instruction.prefix { $0 != " " }
      && other.values.map(\.name).first == difference.values.map(\.name).first
  }
}
