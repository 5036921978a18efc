import ArgumentParser
import Foundation
import Hypervisor
import Lockstep

extension FuzzLockstep {
  /// Random programs under techniques, each compared with the bare machine.
  func runTechniques(_ folder: URL) throws {
    let techniques: [Technique]
    do { techniques = try technique.map { try Technique(parsing: $0) } } catch { throw ValidationError("\(error)") }
    let fuzz = TechniqueFuzz(folder: folder, techniques: techniques, stride: stride)
    let start = Date()
    var (ran, found, excused) = (0, 0, 0)
    for seed in seed..<seed + count {
      if Date().timeIntervalSince(start) > seconds { break }
      let program = LockstepProgram(seed: seed, for: Reference(.step), length: length)
      ran += 1
      guard case .different(let difference) = try fuzz.verdict(program) else { continue }
      if difference.cause.isExcused {
        excused += 1
        continue
      }
      found += 1
      print("seed \(seed):\n" + difference.lines.joined(separator: "\n"))
      if !raw {
        let small = try Shrinker { try fuzz.isUnexplained($0, like: difference) }.shrink(program)
        print("made small:\n" + (try fuzz.verdict(small)).lines.joined(separator: "\n"))
        print(small.listing)
        if let keep { try Data(small.elf(sendsResults: false)).write(to: URL(filePath: keep)) }
      }
      if found == differences { break }
    }
    print("\(ran) programs under \(technique.joined(separator: ", ")), \(found) differ, \(excused) for want of a fence")
    if found > 0 { throw ExitCode(1) }
  }
}
