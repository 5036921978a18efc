import ArgumentParser
import Guests

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `vitrine bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast guests run, here and on other emulators.",
    discussion: """
      Workloads: \(BenchWorkload.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")).

      Every emulator runs the same image, one after the other, again and again; user CPU seconds count, and what a run with one
      iteration costs is taken off. A number is the median in millions of retired instructions a second, with the least and
      the most in brackets. The boot needs Debian's packages opensbi and u-boot-qemu, or --bios and --kernel, and is not
      possible on Spike and TinyEMU, which are other boards.

      Example: vitrine bench
      Example: vitrine bench csr ecall --against temu --repeat 9 --json result.json
      Example: vitrine bench boot --bios none --kernel xv6/kernel/kernel --disk xv6/fs.img --prompt '$ '
      """)

  @Argument(help: ArgumentHelp("Which to run; all without.", valueName: "workload"))
  var workloads: [String] = []
  @Option(
    help: ArgumentHelp(
      "Emulators to compare with: qemu, spike, temu, with commas between them, or none. Without it, those on PATH.",
      valueName: "list"))
  var against: String?
  @Option(help: ArgumentHelp("Runs of each.", valueName: "n"))
  var `repeat` = 5
  @Option(help: ArgumentHelp("User seconds of a run.", valueName: "seconds"))
  var seconds = 1.0
  @Option(help: ArgumentHelp("Iterations of a run, instead of as many as take that long.", valueName: "n"))
  var iterations: UInt64?
  @Option(help: ArgumentHelp("Write the results to a file as JSON.", valueName: "file"), completion: .file())
  var json: String?
  @Option(help: ArgumentHelp("Firmware to boot, or none.", valueName: "file|none"), completion: .file())
  var bios: String?
  @Option(help: ArgumentHelp("Kernel to boot.", valueName: "file"), completion: .file())
  var kernel: String?
  @Option(help: ArgumentHelp("Its disk, never written to.", valueName: "file"), completion: .file())
  var disk: String?
  @Option(help: ArgumentHelp("What it prints when it has booted.", valueName: "text"))
  var prompt: String?

  func run() throws {
    guard `repeat` > 0 else { throw ValidationError("--repeat \(`repeat`): it must be above zero.") }
    guard seconds > 0 else { throw ValidationError("--seconds \(seconds): it must be above zero.") }
    let isTerminal = isatty(2) != 0
    func say(_ text: String) { Terminal.write(Array("vitrine: \(text)\n".utf8), to: 2) }
    let chosen = try self.chosen()
    let emulators = try self.emulators { say($0) }
    let system = try self.system()
    let folder = try Self.temporaryFolder()
    defer { Self.remove(folder) }
    // A run that is interrupted leaves nothing behind.
    let signals = Signals()
    signals.on([SIGINT, SIGTERM, SIGHUP]) { number in
      let child = BenchProcess.running.withLock { $0 }
      if child > 0 { kill(child, SIGKILL) }
      Self.remove(folder)
      _exit(128 + number)
    }
    let runner = BenchRunner(
      emulators: emulators, repeats: `repeat`, seconds: seconds, iterations: iterations, system: system, folder: folder
    ) { if isTerminal { Terminal.write(Array("\r\u{1b}[K\($0)".utf8), to: 2) } }
    var report = BenchReport(repeats: `repeat`, emulators: emulators.map(\.emulator))
    Terminal.write(Array((BenchReport.head(report.emulators) + "\n").utf8), to: 1)
    for workload in chosen {
      if workload.guest == nil, system == nil {
        if !workloads.isEmpty { throw Failure("boot: nothing to boot: name it with --bios and --kernel") }
        say("boot left out: Debian's opensbi and u-boot-qemu are not installed, and no --kernel is given")
        continue
      }
      let result = try runner.measure(workload)
      if isTerminal { Terminal.write(Array("\r\u{1b}[K".utf8), to: 2) }
      Terminal.write(Array((BenchReport.line(result, report.emulators) + "\n").utf8), to: 1)
      report.results.append(result)
    }
    if let json { try Files.write(json, Array(report.json.utf8), append: false) }
    _ = signals
    if report.results.contains(where: { $0.entries.contains { $0.failure != nil } }) { throw ExitCode(1) }
  }

  private func chosen() throws -> [BenchWorkload] {
    if workloads.isEmpty { return BenchWorkload.all }
    return try workloads.map { name in
      guard let workload = BenchWorkload.all.first(where: { $0.name == name }) else {
        throw ValidationError(
          "There is no workload \"\(name)\". There are: \(BenchWorkload.all.map(\.name).joined(separator: ", ")).")
      }
      return workload
    }
  }

  /// Ours first.
  private func emulators(_ say: (String) -> Void) throws -> [(emulator: BenchEmulator, path: String)] {
    guard let own = BenchEmulator.ours.path else { throw Failure("this program's own path cannot be found") }
    var found = [(BenchEmulator.ours, own)]
    if against == "none" { return found }
    let asked = try against?.split(separator: ",").map { name in
      guard let emulator = BenchEmulator(rawValue: String(name)), emulator != .ours else {
        throw ValidationError("--against \(name): there are qemu, spike and temu.")
      }
      return emulator
    }
    for emulator in BenchEmulator.others where asked?.contains(emulator) ?? true {
      if let path = emulator.path {
        found.append((emulator, path))
      } else if asked != nil {
        throw Failure("\(emulator.title) is not on PATH")
      } else {
        say("\(emulator.title) is not on PATH")
      }
    }
    return found
  }

  private func system() throws -> BenchSystem? {
    guard let kernel else {
      let debian = BenchSystem.debian
      return Files.exists(debian.bios) && Files.exists(debian.kernel) ? debian : nil
    }
    guard let prompt else { throw ValidationError("--kernel needs --prompt: what it prints when it has booted.") }
    return BenchSystem(bios: bios ?? "none", kernel: kernel, disk: disk, prompt: prompt)
  }

  private static func temporaryFolder() throws -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/vitrine-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure("\(parent): no folder can be made in it") }
    return String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func remove(_ folder: String) {
    guard let directory = opendir(folder) else { return }
    while let item = readdir(directory) {
      let name = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(folder)/\(name)")
    }
    closedir(directory)
    rmdir(folder)
  }
}
