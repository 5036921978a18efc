import Guests
import Machine
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Measures workloads: each emulator in turn, again and again, so that a busy machine troubles all alike.
struct BenchRunner {
  var emulators: [(emulator: BenchEmulator, path: String)]
  var repeats: Int
  /// User seconds that a measured run should take at least.
  var seconds: Double
  /// A fixed number of iterations instead.
  var iterations: UInt64?
  var system: BenchSystem?
  /// A folder for images.
  var folder: String
  var progress: (String) -> Void

  func measure(_ workload: BenchWorkload) throws -> BenchResult {
    if workload.guest == nil { return try boot(workload) }
    return try loop(workload)
  }

  // MARK: Guests of the catalog

  private func loop(_ workload: BenchWorkload) throws -> BenchResult {
    guard let guest = workload.guest, let source = Guests.image(named: guest) else {
      throw Failure(Guests.absence(of: workload.guest ?? workload.name))
    }
    var image = try BenchImage(path: source)
    try image.count(scratch: "\(folder)/count.elf")
    var result = BenchResult(workload: workload)
    var commands: [(short: [String], long: [String])] = []
    for (emulator, path) in emulators {
      progress("\(workload.name): \(emulator.title), start and calibration")
      let files = ["short", "long"].map { "\(folder)/\(workload.name)-\(emulator.rawValue)-\($0).elf" }
      try image.write(iterations: 1, to: files[0])
      let short = try emulator.command(path, image: files[0])
      let long = try emulator.command(path, image: files[1])
      var entry = BenchResult.Entry(emulator: emulator)
      do throws(RunFailure) {
        try calibrate(image, &entry, short: short, long: long, longFile: files[1])
      } catch { entry.failure = error.text }
      entry.instructions = image.perIteration * (entry.iterations &- 1)
      result.entries.append(entry)
      commands.append((short, long))
    }
    for number in 1...repeats {
      var ours: Double?
      for index in result.entries.indices where result.entries[index].failure == nil {
        progress("\(workload.name): \(result.entries[index].emulator.title), run \(number) of \(repeats)")
        let used: Double
        do throws(RunFailure) { used = try time(commands[index].long) } catch {
          result.entries[index].failure = error.text
          continue
        }
        result.entries[index].add(seconds: used, ours: &ours)
      }
    }
    return result
  }

  private struct RunFailure: Error { var text: String }

  /// User seconds of a run that must end well.
  private func time(_ command: [String]) throws(RunFailure) -> Double {
    let use: ProcessUse
    do { use = try BenchProcess(arguments: command).run() } catch { throw RunFailure(text: "\(error)") }
    if use.isLate { throw RunFailure(text: "no end within 120 seconds") }
    guard use.status == 0 else { throw RunFailure(text: "ended with status \(use.status)") }
    return use.userSeconds
  }

  /// Finds what a start costs, and a number of iterations that takes long enough beside it.
  private func calibrate(
    _ image: BenchImage, _ entry: inout BenchResult.Entry, short: [String], long: [String], longFile: String
  ) throws(RunFailure) {
    var starts = Samples()
    for _ in 0..<3 { starts.values.append(try time(short)) }
    entry.startSeconds = starts.median
    func write(_ count: UInt64) throws(RunFailure) {
      do { try image.write(iterations: count, to: longFile) } catch { throw RunFailure(text: "\(error)") }
      entry.iterations = count
    }
    if let iterations { return try write(max(iterations, 2)) }
    var count = max(2, 1_000_000 / image.perIteration)
    while true {
      try write(count)
      let used = try time(long) - entry.startSeconds
      if used >= seconds * 0.8 { return }
      // Short runs tell little: go up in steps, then straight to the goal.
      count = used < 0.05 ? count * 10 : UInt64(Double(count) * seconds / used * 1.1)
    }
  }

  // MARK: Boot

  private func boot(_ workload: BenchWorkload) throws -> BenchResult {
    var result = BenchResult(workload: workload)
    guard let system else { throw Failure("boot: no system to boot: name it with --bios and --kernel") }
    progress("\(workload.name): instructions")
    let instructions = try bootInstructions(system)
    var commands: [[String]] = []
    for (emulator, path) in emulators {
      guard let command = emulator.bootCommand(path, system) else { continue }
      var entry = BenchResult.Entry(emulator: emulator)
      entry.instructions = instructions
      result.entries.append(entry)
      commands.append(command)
    }
    for number in 1...repeats {
      var ours: Double?
      for index in result.entries.indices where result.entries[index].failure == nil {
        progress("\(workload.name): \(result.entries[index].emulator.title), run \(number) of \(repeats)")
        let use = try BenchProcess(arguments: commands[index], conversation: system.conversation).run()
        guard use.status == -SIGKILL, !use.isLate else {
          result.entries[index].failure = use.isLate ? "no prompt within 120 seconds" : "ended before the prompt"
          continue
        }
        result.entries[index].add(seconds: use.userSeconds, ours: &ours)
      }
    }
    return result
  }

  /// Instructions to the prompt, on our machine.
  private func bootInstructions(_ system: BenchSystem) throws -> UInt64 {
    var configuration = MachineConfiguration()
    configuration.memorySize = 128 << 20
    configuration.bios = system.bios == "none" ? .none : .file(FilePath(system.bios))
    configuration.kernel = FilePath(system.kernel)
    if let disk = system.disk { configuration.disks = [.init(path: FilePath(disk))] }
    configuration.typing = system.conversation.compactMap { pair in
      pair.answer.map { TypingRule(prompt: pair.prompt, text: $0) }
    }
    let machine: Machine
    do { machine = try Machine(configuration) } catch { throw Failure("\(error)") }
    var end = Array(system.prompt.utf8)[...]
    let stop = machine.stopRequest
    machine.board.onConsoleOutput = { byte in
      guard byte != 13 else { return }
      if byte == end.first { end = end.dropFirst() } else { end = Array(system.prompt.utf8)[...] }
      if end.isEmpty { stop.raise() }
    }
    guard machine.run(stepLimit: 20_000_000_000) == .requested else {
      throw Failure("boot: \(system.kernel) does not come to its prompt")
    }
    return machine.position
  }
}

extension BenchResult.Entry {
  /// Notes a run; ours comes first, the others' ratios are to the one before them.
  fileprivate mutating func add(seconds used: Double, ours: inout Double?) {
    let left = max(used - startSeconds, 1e-6)
    let value = Double(instructions) / left / 1e6
    seconds.values.append(left)
    rate.values.append(value)
    if emulator == .ours { ours = value } else if let ours { ratio.values.append(ours / value) }
  }
}
