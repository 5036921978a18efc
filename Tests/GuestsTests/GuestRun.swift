import Guests
import Machine
import SystemPackage
import Testing

/// A guest of the catalog, run on our machine and collected.
struct GuestRun {
  var console: String
  var reason: StopReason
  var retired: UInt64
  var digest: UInt64

  /// Runs `guest` until it ends, has retired `limit` instructions, or has taken `traps` traps. `change` has the last word on
  /// the machine's configuration.
  init(
    _ guest: String, harts: Int = 1, limit: UInt64 = 50_000_000, traps: Int? = nil, onStepPath: Bool = false,
    svade: Bool = false, change: (inout MachineConfiguration) throws -> Void = { _ in }
  ) throws {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: guest)))
    configuration.hartCount = harts
    configuration.cpu.svade = svade
    try change(&configuration)
    let machine = try Machine(configuration)
    machine.usesStepPath = onStepPath
    var bytes: [UInt8] = []
    machine.board.onConsoleOutput = { bytes.append($0) }
    if var left = traps {
      machine.eventMask = .trap
      machine.eventHandler = { _, _ in
        left -= 1
        return left == 0
      }
    }
    reason = machine.run(stepLimit: limit)
    retired = machine.position
    digest = machine.digest()
    console = String(decoding: bytes, as: UTF8.self)
  }
}
