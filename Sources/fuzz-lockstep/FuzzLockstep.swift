import ArgumentParser
import Foundation
import Lockstep

/// Random programs on the block loop and on a reference, seed after seed; what differs is made small and printed.
@main struct FuzzLockstep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz-lockstep",
    abstract: "Run random programs here and on a reference, or under a technique, and compare what they left.")

  @Option(help: "step (this machine's step path), spike or qemu.")
  var against: Reference.Kind = .step
  @Option(
    help: "Compare this virtualization technique with the bare machine instead, at every --stride steps. Repeatable.")
  var technique: [String] = []
  @Option(help: "Steps from one comparison of techniques to the next.")
  var stride: UInt64 = 1000
  @Option(help: "The first seed.")
  var seed: UInt64 = 1
  @Option(help: "How many seeds.")
  var count: UInt64 = 1000
  @Option(help: "Slots of a program: 16 bytes of code each.")
  var length: Int = LockstepProgram.defaultLength
  @Option(help: "Stop after so many differences.")
  var differences: Int = 10
  @Option(help: "Stop after so many seconds.")
  var seconds: Double = .infinity
  @Option(help: "Write the last program that differs to this ELF file.")
  var keep: String?
  @Flag(help: "Print differences as they are, without making them small.")
  var raw = false
  @Flag(help: "Print the table of permitted differences and stop.")
  var excuses = false

  func run() throws {
    if excuses {
      for excuse in Excuse.allCases {
        let references = excuse.references.map(\.rawValue).sorted().joined(separator: ", ")
        print("\(excuse.rawValue) (\(references)): \(excuse.reason)")
      }
      return
    }
    guard LockstepRunner.isInstalled(against) else {
      throw ValidationError("--against \(against.rawValue): the program is not on PATH.")
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-lockstep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    if !technique.isEmpty { return try runTechniques(folder) }
    let runner = LockstepRunner(folder: folder)
    let reference = Reference(against)
    let start = Date()
    var (found, ran, traps) = (0, 0, TrapCounts())
    var timeOuts: [UInt64] = []
    var excused: [Excuse: Int] = [:]
    for seed in seed..<seed + count {
      if Date().timeIntervalSince(start) > seconds { break }
      let program = LockstepProgram(seed: seed, for: reference, length: length)
      let comparison = try LockstepComparison(program, reference, runner)
      ran += 1
      traps += comparison.traps
      for excuse in comparison.excuses { excused[excuse, default: 0] += 1 }
      if comparison.timedOut { timeOuts.append(seed) }
      guard let difference = comparison.difference else { continue }
      found += 1
      print("seed \(seed):\n\(difference)")
      var small = program
      if !raw {
        small = try Shrinker { try LockstepComparison($0, reference, runner).difference?.kind == difference.kind }
          .shrink(program)
        if let difference = try LockstepComparison(small, reference, runner).difference {
          print("made small:\n\(difference)")
        }
        print(small.listing)
      }
      if let keep { try Data(small.elf(sendsResults: against == .qemu)).write(to: URL(filePath: keep)) }
      if found == differences { break }
    }
    print(
      "\(ran) programs against \(against.rawValue), \(found) differ; \(traps.all) traps: \(traps.machine) in M, "
        + "\(traps.supervisor) in HS, \(traps.guest) in VS, \(traps.fromGuest) of those in M and HS from a guest")
    for (excuse, count) in excused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      print("excused in \(count) programs: \(excuse.rawValue)")
    }
    if !timeOuts.isEmpty { print("timed out, not compared: seeds \(timeOuts.map(String.init).joined(separator: " "))") }
    if found > 0 { throw ExitCode(1) }
  }
}

extension Reference.Kind: ExpressibleByArgument {}
