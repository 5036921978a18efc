import Debugger
import Hypervisor
import Machine
import RISCV

/// Runs one guest to its end under one technique after the other, nobody at the keyboard.
///
/// A run ends at a place that is the same under every technique: the guest's own end, the limit of instructions, or the end of
/// the slice in which a text of `--until` was said.
struct ComparisonRunner {
  let configuration: MachineConfiguration
  let options: MachineOptions
  let model: CostModel
  let choices: MonitorChoices
  /// Told where a run is, now and then: technique, instructions, seconds.
  let progress: (Technique, UInt64, Double) -> Void

  private static let slice: UInt64 = 100_000

  /// Runs the techniques, in order.
  func run(_ techniques: [Technique]) throws -> [ComparisonColumn] {
    try techniques.reduce(into: []) { $0.append(try run($1, against: $0.first)) }
  }

  /// Runs one technique. A guest that came to its end under the first one is not waited for much longer.
  private func run(_ technique: Technique, against first: ComparisonColumn?) throws -> ComparisonColumn {
    let guest: VirtualMachine
    do { guest = try VirtualMachine(configuration, technique: technique, costs: model, choices: choices) } catch {
      throw Failure("\(error)")
    }
    let machine = guest.machine
    let stages = SupervisorStages(options, guest)
    defer { _ = stages }
    var console: [UInt8] = []
    var lastWords = options.until.compactMap { TypingRule(parsing: $0 + "=>") }.map { PromptTyper([$0]) }
    machine.board.onConsoleOutput = { byte in
      console.append(byte)
      for index in lastWords.indices { _ = lastWords[index].note(byte) }
    }
    func hasSaidLastWord() -> Bool { lastWords.contains { $0.remaining == 0 } }
    let regions = RegionCounter(guest)
    let start = monotonicSeconds()
    let limit = options.maxInstructions ?? .max
    let patience = first.flatMap { $0.end.isGuests ? $0.steps + Self.slice : nil } ?? .max
    var timeline = Timeline(model)
    var end: ComparisonEnd?
    while end == nil {
      let seconds = monotonicSeconds() - start
      progress(technique, machine.position, seconds)
      if hasSaidLastWord() {
        end = .saidLastWord
      } else if machine.steps >= limit {
        end = .limit
      } else if machine.steps >= patience {
        end = .wentOn
      } else if let timeout = options.timeout, seconds >= timeout {
        end = .timeout
      } else {
        let target = machine.steps + min(Self.slice, limit - machine.steps, patience - machine.steps)
        while end == nil, machine.steps < target {
          end = try Self.advance(machine, by: target - machine.steps, retired: timeline.next - machine.position)
          if machine.position >= timeline.next { timeline.note(machine.position, guest.ledgers) }
        }
        // Whoever waits for a text does not mind that the guest then waits, too.
        if end == .idle && hasSaidLastWord() { end = .saidLastWord }
      }
    }
    timeline.end(machine.position, guest.ledgers)
    var ledger = Ledger(model)
    for hart in guest.ledgers { ledger.add(hart) }
    return ComparisonColumn(
      technique: technique, end: end!, retired: machine.position, steps: machine.steps, digest: machine.digest(),
      console: console,
      seconds: monotonicSeconds() - start, ledger: ledger, exits: guest.exits, faults: guest.faults,
      counts: guest.hardwareCounts, regions: regions.all, timeline: timeline)
  }

  /// Runs a slice, of so many steps and so many retired instructions at most; how the guest ended, if it did.
  private static func advance(_ machine: Machine, by steps: UInt64, retired: UInt64) throws -> ComparisonEnd? {
    switch machine.run(limit: retired, stepLimit: steps) {
    case .limit, .requested, .breakpoint, .watch, .event: return nil
    case .idleForever: return .idle
    case .exited(.success): return .passed
    case .exited(.failure(let code)): return .failed(code: code)
    case .exited(.reset):
      do { try machine.reset() } catch { throw Failure("\(error)") }
      return nil
    }
  }
}
