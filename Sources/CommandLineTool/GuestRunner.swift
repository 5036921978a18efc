import ArgumentParser
import Console
import Debugger
import Hypervisor
import Machine
import RISCV
import Synchronization
import Trace

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Seconds of a clock that never jumps.
func monotonicSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Keeps idle time at wall pace for a person at the keyboard, and lets what is typed end a wait.
struct IdlePace {
  var keyboard: Keyboard?
  /// Input may still come from a person or a program.
  var isLive: Bool
  var deadline: Double?
  var beforeWaiting: () -> Void
  /// Somebody wants the run to stop.
  var shouldStop: () -> Bool

  /// Nanoseconds of a clock unit: ten to a tick of 100 ns.
  private static let nanosecondsPerUnit = 10.0

  func answer(next: UInt64?, clock: UInt64) -> IdleAnswer {
    beforeWaiting()
    if !isLive, keyboard?.hasBytes ?? false { return .again }
    guard isLive, let keyboard, !keyboard.hasEnded || next != nil else { return .skip }
    let wait = next.map { Double($0 &- clock) * Self.nanosecondsPerUnit / 1e9 } ?? .infinity
    let end = monotonicSeconds() + wait
    while true {
      let now = monotonicSeconds()
      if now >= end { return .skip }
      if keyboard.hasBytes { return .again }
      if shouldStop() || deadline.map({ now >= $0 }) ?? false { return .stop }
      if keyboard.hasEnded && next == nil { return .skip }
      usleep(UInt32(min(max((end - now) * 1e6, 1), 5000)))
    }
  }
}

/// What distinguishes one command that runs a guest from another.
struct RunBehaviour {
  var keys = KeyFilter.Keys.bracket
  /// Our keys count when they come from a pipe, too.
  var filtersPipes = false
  /// A reset by the guest ends the run.
  var endsAtReset = false
  /// The guest's own number for its failure is the status, in place of 2.
  var passesFailureCode = false
  /// File descriptor for the guest's console.
  var output: Int32 = 1
  /// Called with the machine before it runs, for whoever wants to observe it.
  var onStart: ((Machine) -> Void)?
  /// Goes on with the guest when a key has asked for the prompt. Returns the exit status.
  var prompt: ((VirtualMachine) throws -> Int32)?
}

/// `vitrine run`: a guest with its console on standard input and output, and nothing else.
final class GuestRunner {
  private let virtualMachine: VirtualMachine
  private let machine: Machine
  private let options: MachineOptions
  private let behaviour: RunBehaviour
  private var output: [UInt8] = []
  private var isOutputClosed = false
  private let stopFlag: StopFlag
  /// Look for the texts of --until.
  private var lastWords: [PromptTyper]
  private let trace: TraceRecorder?
  private let asked = EndRequest()
  private var staleUse: StaleUse?
  private var mistake: Mistake?
  private var regions: RegionCounter?
  private static let slice: UInt64 = 2_000_000

  /// `trace` is asked for a recorder once the machine is there.
  init(
    _ configuration: MachineConfiguration, _ options: MachineOptions, _ behaviour: RunBehaviour = .init(),
    costs: CostModel = .standard, choices: MonitorChoices = MonitorChoices(),
    trace: () throws -> TraceRecorder? = { nil }
  ) throws {
    self.behaviour = behaviour
    let technique = try options.chosenTechnique
    do {
      virtualMachine = try VirtualMachine(configuration, technique: technique, costs: costs, choices: choices)
    } catch { throw Failure("\(error)") }
    machine = virtualMachine.machine
    self.options = options
    stopFlag = machine.stopRequest
    lastWords = options.until.compactMap { TypingRule(parsing: $0 + "=>") }.map { PromptTyper([$0]) }
    self.trace = try trace()
    self.trace?.attach(to: machine)
  }

  /// Runs the guest to its end or a limit. Returns the exit status.
  func run() throws -> Int32 {
    // A program without signature is refused before it runs.
    if options.signature != nil { _ = try signatureBytes() }
    let isTerminal = Terminal.hasInput
    let signals = Signals()
    let stopFlag = stopFlag
    signal(SIGPIPE, SIG_IGN)
    let (asked, isTraced) = (asked, trace != nil)
    signals.on([SIGINT, SIGTERM, SIGHUP]) { number in
      // A trace is brought to its end, unless that waits for somebody to read it and the person asks again.
      if isTraced, asked.note(number) { return stopFlag.raise() }
      Terminal.leaveRawMode()
      _exit(128 + number)
    }
    let keyboard = Keyboard(keys: isTerminal || behaviour.filtersPipes ? behaviour.keys : .none) { stopFlag.raise() }
    defer { keyboard.stop() }
    if isTerminal { Terminal.enterRawMode() } else { keyboard.waitForEnd(milliseconds: 100) }
    defer { Terminal.leaveRawMode() }
    machine.board.onConsoleOutput = { [unowned self] byte in
      output.append(byte)
      for index in lastWords.indices where lastWords[index].note(byte) != nil { stopFlag.raise() }
      if output.count >= 4096 { flush() }
    }
    let start = monotonicSeconds()
    let deadline = options.timeout.map { start + $0 }
    let pace = IdlePace(
      keyboard: keyboard, isLive: !keyboard.hasEnded, deadline: deadline, beforeWaiting: { [unowned self] in flush() },
      shouldStop: { keyboard.wish != nil || asked.signal != nil })
    machine.idleHandler = { [unowned self] next in
      let answer = pace.answer(next: next, clock: machine.clock)
      if case .again = answer { machine.board.consoleInput.send(keyboard.take()) }
      return answer
    }
    behaviour.onStart?(machine)
    if options.stats { regions = RegionCounter(virtualMachine) }
    if options.check.contains("stale-translation") { checkTranslations() }
    if options.check.contains("monitor") { checkMonitor() }
    let end = try loop(keyboard, deadline)
    flush()
    Terminal.leaveRawMode()
    do { try trace?.finish() } catch { throw Failure("\(error)") }
    if case .prompt = end, let prompt = behaviour.prompt {
      signals.cancel()
      machine.idleHandler = nil
      machine.eventMask = []
      machine.board.bus.onUnanswered = nil
      return try prompt(virtualMachine)
    }
    var status = report(end)
    if options.check.contains("stale-translation"), staleUse == nil { reportCheck() }
    if mistake == nil, let specimen = virtualMachine.specimen {
      let isWrong = specimen.entryCount == 0 || specimen.mistakeCount != 0
      let hint = specimen.mistakeCount == 0 ? "" : "; --check monitor stops at the first and tells why"
      if isWrong || !options.check.isEmpty { say(MonitorRendering.verdict(specimen) + hint) }
      if isWrong, options.check.contains("monitor") { status = max(status, 1) }
    }
    if let path = options.signature { try writeSignature(path) }
    if options.stats { printStatistics(monotonicSeconds() - start) }
    if status == 3 { explainLackOfProgress() }
    _ = signals
    return status
  }

  private enum End {
    case exited(ExitRequest)
    case limit, timeout, idle, left, prompt, outputClosed, saidLastWord, traceEnded
    case stale(StaleUse)
    case mistake(Mistake)
    case signal(Int32)
  }

  private func loop(_ keyboard: Keyboard, _ deadline: Double?) throws -> End {
    let limit = options.maxInstructions ?? .max
    while true {
      let bytes = keyboard.take()
      if !bytes.isEmpty { machine.board.consoleInput.send(bytes) }
      if let wish = keyboard.wish { return wish == .prompt ? .prompt : .left }
      if let signal = asked.signal { return .signal(signal) }
      if trace?.error != nil { return .traceEnded }
      if machine.steps >= limit { return .limit }
      if let deadline, monotonicSeconds() >= deadline { return .timeout }
      let reason = machine.run(stepLimit: min(Self.slice, limit - machine.steps))
      flush()
      if isOutputClosed { return .outputClosed }
      if let staleUse { return .stale(staleUse) }
      if let mistake { return .mistake(mistake) }
      if lastWords.contains(where: { $0.remaining == 0 }) { return .saidLastWord }
      switch reason {
      case .limit, .requested, .breakpoint, .watch, .event: continue
      case .idleForever: return .idle
      case .exited(.reset) where !behaviour.endsAtReset:
        do { try machine.reset() } catch { throw Failure("\(error)") }
      case .exited(let request): return .exited(request)
      }
    }
  }

  private func flush() {
    guard !output.isEmpty else { return }
    if !Terminal.write(output, to: behaviour.output) { isOutputClosed = true }
    output.removeAll(keepingCapacity: true)
  }

  private func say(_ text: String) { Terminal.write(Array("vitrine: \(text)\n".utf8), to: 2) }

  private func report(_ end: End) -> Int32 {
    switch end {
    case .exited(.success): return 0
    case .exited(.failure(let code)):
      say("the guest reported failure (code \(code))")
      return behaviour.passesFailureCode ? max(1, Int32(truncatingIfNeeded: code & 0xff)) : 2
    case .exited(.reset), .saidLastWord: return 0
    case .limit:
      say("stopped at the limit of \(grouped(options.maxInstructions ?? 0)) instructions")
      return 3
    case .timeout:
      say("stopped after \(options.timeout ?? 0) seconds, at retired \(grouped(machine.position))")
      return 3
    case .idle:
      say("every hart waits for an interrupt, and nothing can raise one any more")
      return 3
    case .left, .prompt:
      say("left the guest's console at retired \(grouped(machine.position))")
      return 0
    case .outputClosed, .traceEnded: return 1
    case .stale(let use):
      let session = explainer()
      writeErrors(StaleRendering.lines(session.explain(use), session))
      return 1
    case .mistake(let mistake):
      let session = explainer()
      session.selectedHart = mistake.hart
      switch mistake.kind {
      case .entry(let check): writeErrors(MonitorRendering.lines(check, session))
      case .overdue(let count): writeErrors(MonitorRendering.overdueLines(count, session))
      }
      writeErrors([session.stopLine()])
      return 1
    case .signal(let number): return 128 + number
    }
  }

  /// Watches a guest that reached a limit a little longer, unheard, to tell a trap that is taken over and over. Nothing is
  /// observed before. A guest that may write to a file of the user's is left alone.
  private func explainLackOfProgress() {
    guard !machine.configuration.disks.contains(where: { $0.mode == .readWrite }) else { return }
    var watch = ProgressWatch()
    machine.board.onConsoleOutput = nil
    machine.eventMask = .trap
    machine.eventHandler = { hart, event in
      watch.note(event, hart)
      return false
    }
    machine.idleHandler = nil
    _ = machine.run(stepLimit: 100_000)
    guard let storm = watch.found else { return }
    say(
      "no progress: the same trap over and over, \(storm.cause.name) (\(storm.cause.rawValue)) at pc \(hex(storm.pc))")
    say("`vitrine debug` with the same options, then `run` and Ctrl-C, tells where it began")
  }

  /// Ends the run where a translation is used that the tables no longer agree with.
  private func checkTranslations() {
    let other = machine.eventHandler
    machine.eventMask.insert(.stale)
    machine.eventHandler = { [unowned self] hart, event in
      guard case .staleTranslation = event.kind else { return other?(hart, event) ?? false }
      staleUse = hart.translationCheck?.uses.last
      return true
    }
  }

  /// What the person's monitor did wrong.
  private struct Mistake {
    enum Kind {
      case entry(EntryCheck)
      case overdue(UInt64)
    }
    var kind: Kind
    var hart: Int
  }

  /// Ends the run where the person's monitor gives its guest back in a wrong state, or does not give it back.
  private func checkMonitor() {
    let other = machine.eventHandler
    let specimen = virtualMachine.specimen
    machine.eventMask.formUnion([.entry, .overdue])
    machine.eventHandler = { [unowned self] hart, event in
      switch event.kind {
      case .entry:
        guard let check = specimen?.lastCheck(of: hart.index), !check.isRight else { return false }
        mistake = Mistake(kind: .entry(check), hart: hart.index)
      case .overdue(let count): mistake = Mistake(kind: .overdue(count), hart: hart.index)
      default: return other?(hart, event) ?? false
      }
      return true
    }
  }

  /// A session on the machine as it stands, for what has to be found out by running again.
  private func explainer() -> Session {
    let session = Session(virtualMachine)
    session.sources.read = { try? Files.read($0) }
    session.sources.workingFolder = Files.workingFolder
    session.sources.modificationTime = Files.modificationTime
    return session
  }

  private func writeErrors(_ lines: [String]) {
    for line in lines { Terminal.write(Array((line + "\n").utf8), to: 2) }
  }

  /// Says what the check found that ended no run.
  private func reportCheck() {
    let cleared = machine.harts.reduce(0) { $0 + ($1.translationCheck?.clearedCount ?? 0) }
    say(
      "no stale translation was used"
        + (cleared == 0
          ? "" : "; \(grouped(UInt64(cleared))) TLB entries were after A or D was cleared without a fence"))
  }

  private func printStatistics(_ seconds: Double) {
    let rate = Double(machine.position) / max(seconds, 1e-9) / 1e6
    say(
      "retired \(grouped(machine.position)), cycles \(grouped(machine.clock)), "
        + "\(printfDouble("%.3f", seconds)) s, \(printfDouble("%.1f", rate)) MIPS")
    do {
      let cycles = virtualMachine.ledgers.map(\.clock).max() ?? 0
      say("\(virtualMachine.technique): \(grouped(cycles)) host cycles, digest \(hex(machine.digest()))")
      for line in virtualMachine.exits.report { Terminal.write(Array((line + "\n").utf8), to: 2) }
    }
    if let balloon = machine.board.balloon {
      say(
        "balloon: \(grouped(UInt64(balloon.target))) pages wanted, \(grouped(UInt64(balloon.pages.count))) given up; "
          + "\(grouped(balloon.inflatedCount)) inflated, \(grouped(balloon.deflatedCount)) deflated"
          + (balloon.reportedCount > 0 ? ", \(grouped(balloon.reportedCount)) reported free" : ""))
    }
    guard let regions else { return }
    for line in RegionTable(regions.all, regions.names).lines { Terminal.write(Array((line + "\n").utf8), to: 2) }
  }

  /// Memory between the two symbols.
  private func signatureBytes() throws -> [UInt8] {
    let images = machine.board.images
    guard let begin = images.lazy.compactMap({ $0.address(of: "begin_signature") }).first,
      let end = images.lazy.compactMap({ $0.address(of: "end_signature") }).first, begin <= end
    else { throw Failure("--signature: the program has no symbols begin_signature and end_signature in this order") }
    guard let bytes = machine.memory.read(.init(begin), count: Int(end - begin)) else {
      throw Failure("--signature: \(hex(begin))..\(hex(end)) is not RAM")
    }
    return bytes
  }

  /// Writes memory between two symbols, in the form of riscv-arch-test: words in hexadecimal, one a line.
  private func writeSignature(_ path: String) throws {
    let bytes = try signatureBytes()
    var text: [UInt8] = []
    let digits = Array("0123456789abcdef".utf8)
    var offset = 0
    while offset < bytes.count {
      for index in (offset..<(offset + options.signatureGranularity)).reversed() {
        let byte = index < bytes.count ? bytes[index] : 0
        text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
      text.append(10)
      offset += options.signatureGranularity
    }
    do { try Files.write(path, text, append: false) } catch { throw Failure("\(error.message)") }
  }
}

/// A signal that asks the run to end.
final class EndRequest: Sendable {
  private let number = Atomic<Int32>(0)

  var signal: Int32? {
    let number = number.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
  /// False when there was one before.
  func note(_ signal: Int32) -> Bool { number.exchange(signal, ordering: .relaxed) == 0 }
}

/// What the user or a file did wrong: printed to standard error, status 1.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ text: String) { description = text }
}

extension CommandError {
  var message: String { if case .failed(let text) = self { text } else { "\(self)" } }
}
