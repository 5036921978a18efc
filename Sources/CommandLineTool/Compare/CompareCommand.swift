import ArgumentParser
import Debugger
import Hypervisor
import Machine
import RISCV

/// `vitrine compare`.
struct Compare: ParsableCommand, GuestCommand {
  static let fallbackGuest: String? = nil
  static let configuration = CommandConfiguration(
    abstract: "Run a guest under several techniques and set what they cost side by side.",
    discussion: """
      The guest runs from reset to its own end, to a text of --until or to a limit, once for each technique, without a keyboard.
      Counts come first, host cycles after them: by layer (who spent them) and by boot stage (on whose behalf). Every number is
      a sum of counts times prices: --explain ROW opens it. What the guest itself did is the same under every technique.
      A guest that brackets its operations with markers, such as nano, gets a row for each: what one time of it takes.

      Status: 0 the guest ended well everywhere, 1 a file or an option was wrong, 2 the guest reported failure, 3 a limit was
      reached or the guest waits for ever, 4 the techniques disagreed, 64 wrong usage.

      Example: vitrine compare boot --until '$ '
      Example: vitrine compare pagefaults --verify --stride 1000
      Example: vitrine compare hello --explain monitor
      Example: vitrine compare nano --costs pentium4-2005 --explain ptemod
      Example: vitrine compare boot --until '$ ' --html boot.html
      """)

  @OptionGroup var machine: MachineOptions
  @OptionGroup var costs: CostOptions
  @OptionGroup var choices: MonitorChoicesOptions
  @Option(
    help: ArgumentHelp(
      "Techniques, with commas between them, as TECHNIQUE[/PAGING[/POLICY]]; the first is what slowdown is against. There "
        + "are \(Technique.all.map(\.description).joined(separator: ", ")).", valueName: "list"))
  var techniques = Technique.compared.map(\.description).joined(separator: ",")
  @Option(
    help: ArgumentHelp(
      "Show how the numbers of a row come about: count times price, and where the price is from. Repeatable.",
      valueName: "row"))
  var explain: [String] = []
  @Flag(
    help: ArgumentHelp(
      "In place of the table: run the techniques at the same pace and compare registers, CSRs, memory, devices and console. "
        + "Ends with EQUAL at N=... or with the first instruction that makes a difference, and both states."))
  var verify = false
  @Option(
    help: ArgumentHelp(
      "With --verify: instructions from one comparison to the next, \(Verifier.defaultStride) unless said otherwise.",
      valueName: "n"))
  var stride: UInt64?
  @Option(help: ArgumentHelp("Write everything to a file as JSON.", valueName: "file"), completion: .file())
  var json: String?
  @Option(help: ArgumentHelp("Write the rows to a file as CSV.", valueName: "file"), completion: .file())
  var csv: String?
  @Option(
    help: ArgumentHelp(
      "Write a page with charts and their tables to a file: all in one, for any browser, on screen and on paper.",
      valueName: "file"), completion: .file())
  var html: String?

  func run() throws {
    if machine.signature != nil || machine.stats {
      throw ValidationError("--signature and --stats belong to vitrine run.")
    }
    guard machine.technique == Technique.native.description else {
      throw ValidationError(
        "--technique belongs to run and debug; compare takes --techniques, with commas between them.")
    }
    if !machine.check.isEmpty {
      throw ValidationError("--check belongs to vitrine run and debug; --verify has it built in.")
    }
    if let disk = machine.disk.first(where: { $0.hasSuffix(",rw") }) {
      throw ValidationError("--disk \(disk): every technique has to find the same disk; leave ,rw out.")
    }
    let model = try costs.model
    let configuration = try machine.configuration(fallback: Self.fallbackGuest)
    let names = try markerNames(configuration)
    let regions = names.numbers.map { NamedRegion($0, names) }
    for name in explain where ComparisonRow.named(name, baseline: "", regions: regions).isEmpty {
      throw ValidationError("--explain \(name): \(Self.rowNames(regions))")
    }
    let techniques = try self.techniques.split(separator: ",", omittingEmptySubsequences: false).map { name in
      do { return try Technique(parsing: String(name)) } catch { throw ValidationError("--techniques: \(error).") }
    }
    if let twice = techniques.enumerated().first(where: { techniques[..<$0.offset].contains($0.element) }) {
      throw ValidationError("--techniques: \(twice.element) is named twice.")
    }
    let progress = ComparisonProgress()
    if verify {
      guard explain.isEmpty, json == nil, csv == nil, html == nil else {
        throw ValidationError("--explain, --json, --csv and --html are about the table, which --verify does not make.")
      }
      let verification = Verification(
        configuration: configuration, options: machine, techniques: techniques, choices: try choices.options,
        stride: stride, progress: progress.show)
      let (lines, status) = try verification.run()
      progress.clear()
      Terminal.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: 1)
      throw ExitCode(status)
    }
    if stride != nil { throw ValidationError("--stride belongs to --verify.") }
    let files = try [json, csv, html].map { try $0.map(OutputFile.init) }
    let runner = ComparisonRunner(
      configuration: configuration, options: machine, model: model, choices: try choices.options,
      progress: progress.show)
    let columns = try runner.run(techniques)
    progress.clear()
    let guest = machine.image ?? machine.kernel ?? machine.bios ?? ""
    let comparison = Comparison(guest: guest, model: model, columns: columns, names: names)
    var lines = ["\(guest), costs of \(model.name)", ""] + comparison.lines(width: Terminal.width ?? .max)
    let baseline = techniques[0].description
    for row in explain.flatMap({ ComparisonRow.named($0, baseline: baseline, regions: regions) }) {
      lines += [""] + comparison.explanation(of: row)
    }
    Terminal.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: 1)
    try files[0]?.write(comparison.json.text)
    try files[1]?.write(comparison.csv)
    try files[2]?.write(ComparisonPage(comparison).text)
    throw ExitCode(try report(comparison, configuration))
  }

  /// Says how the runs ended, on standard error. Returns the exit status.
  private func report(_ comparison: Comparison, _ configuration: MachineConfiguration) throws -> Int32 {
    if let difference = comparison.difference {
      Self.say("the techniques disagree: \(difference.text)")
      let progress = ComparisonProgress()
      let verification = Verification(
        configuration: configuration, options: machine, techniques: [difference.first, difference.other],
        choices: try choices.options, stride: max(comparison.columns[0].steps / 100, 10_000), progress: progress.show)
      let lines = try verification.run().lines
      progress.clear()
      for line in lines { Self.say(line) }
      return 4
    }
    let end = comparison.columns[0].end
    switch end {
    case .passed, .saidLastWord, .reset: return 0
    case .failed:
      Self.say("the guest \(end), under every technique")
      return 2
    case .limit, .timeout, .idle, .wentOn:
      Self.say("the guest \(end)")
      return 3
    }
  }

  private static func say(_ text: String) { Terminal.write(Array("vitrine: \(text)\n".utf8), to: 2) }

  /// The names of the guest's markers, which say what regions can be explained.
  private func markerNames(_ configuration: MachineConfiguration) throws -> MarkerNames {
    do { return MarkerNames(try Machine(configuration).board.images.lazy.flatMap(\.symbols)) } catch {
      throw Failure("\(error)")
    }
  }

  private static func rowNames(_ regions: [NamedRegion]) -> String {
    let names = ComparisonRow.all(baseline: "native", regions: regions).map(\.fullName)
    return "there is no such row. The rows are \(names.joined(separator: ", "))."
  }
}

extension Technique {
  /// What is compared when nothing is chosen.
  fileprivate static let compared: [Technique] = [
    .native, .emulation, .trapAndEmulate, .binaryTranslation, .hardwareAssistedShadow, .hardwareAssisted,
  ]
}

/// Where the runs are, on one line of a terminal's standard error.
private final class ComparisonProgress {
  private let isShown = Terminal.hasErrors
  private var latest = 0.0

  func show(_ technique: Technique, _ position: UInt64, _ seconds: Double) {
    show("\(technique): ", position, seconds)
  }
  func show(_ position: UInt64, _ seconds: Double) { show("equal so far: ", position, seconds) }

  private func show(_ head: String, _ position: UInt64, _ seconds: Double) {
    guard isShown, abs(monotonicSeconds() - latest) > 0.1 else { return }
    latest = monotonicSeconds()
    let text = "\(head)\(grouped(position)) instructions, \(printfDouble("%.1f", seconds)) s"
    Terminal.write(Array("\r\u{1b}[K\(text)".utf8), to: 2)
  }

  func clear() { if isShown { Terminal.write(Array("\r\u{1b}[K".utf8), to: 2) } }
}
