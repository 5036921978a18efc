import ArgumentParser
import Hypervisor
import Machine

/// `vitrine compare --verify`: whether the techniques do the same to the guest, instruction for instruction.
struct Verification {
  let configuration: MachineConfiguration
  let options: MachineOptions
  let techniques: [Technique]
  let choices: MonitorChoices
  let stride: UInt64?
  /// Told where the runs are, now and then: instructions, seconds.
  let progress: (UInt64, Double) -> Void

  /// Runs them; the verdict in lines, and the exit status.
  func run() throws -> (lines: [String], status: Int32) {
    guard techniques.count > 1 else {
      throw ValidationError("--verify: two techniques at least are compared; the first is the reference.")
    }
    var verifier = Verifier(configuration, techniques: techniques, choices: choices)
    if let stride {
      guard stride > 0 else { throw ValidationError("--stride \(stride): it must be above zero.") }
      verifier.stride = stride
    }
    verifier.limit = options.maxInstructions ?? .max
    verifier.until = options.until.compactMap { TypingRule(parsing: $0 + "=>") }
    let start = monotonicSeconds()
    let timeout = options.timeout ?? .infinity
    let progress = progress
    verifier.onProgress = { position in
      progress(position, monotonicSeconds() - start)
      return monotonicSeconds() - start < timeout
    }
    let verdict: Verdict
    do { verdict = try verifier.run() } catch { throw Failure("\(error)") }
    let lines = verdict.lines
    switch verdict {
    case .different: return (lines, 4)
    case .interrupted: return (lines, 3)
    case .equal(let run):
      switch run.end {
      case .saidLastWord, .exited(.success), .exited(.reset): return (lines, 0)
      case .exited(.failure): return (lines, 2)
      case .limit, .idleForever: return (lines, 3)
      }
    }
  }
}
