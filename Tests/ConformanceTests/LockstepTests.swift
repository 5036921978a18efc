import Foundation
import Lockstep
import Testing

/// A few random programs on the block loop and on each reference; `fuzz-lockstep` runs any number.
@Suite("Random programs leave the same on the block loop and on a reference")
struct LockstepTests {
  private static let others = ProcessInfo.processInfo.environment["VITRINE_LOCKSTEP"] != nil

  private static func compare(_ kind: Reference.Kind, _ seed: UInt64) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let reference = Reference(kind)
    let program = LockstepProgram(seed: seed, for: reference)
    let comparison = try LockstepComparison(program, reference, LockstepRunner(folder: folder))
    #expect(comparison.difference == nil, "seed \(seed): \(comparison.difference?.description ?? "")")
    #expect(comparison.traps.all > 0)
    if comparison.timedOut { print("seed \(seed): \(kind) timed out, nothing compared") }
  }

  @Test("The step path", arguments: 1...20 as ClosedRange<UInt64>)
  func step(seed: UInt64) throws { try Self.compare(.step, seed) }

  @Test(
    "Spike",
    .enabled(if: others && LockstepRunner.isInstalled(.spike), "set VITRINE_LOCKSTEP, with spike on PATH"),
    arguments: 1...50 as ClosedRange<UInt64>)
  func spike(seed: UInt64) throws { try Self.compare(.spike, seed) }

  @Test(
    "QEMU",
    .enabled(if: others && LockstepRunner.isInstalled(.qemu), "set VITRINE_LOCKSTEP, with qemu-system-riscv64 on PATH"),
    arguments: 1...20 as ClosedRange<UInt64>)
  func qemu(seed: UInt64) throws { try Self.compare(.qemu, seed) }
}
