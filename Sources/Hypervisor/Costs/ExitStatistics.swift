import RISCV

/// How often each reason made a guest exit, and what the exits took, from the trap to the return.
package struct ExitStatistics: Sendable, Equatable {
  /// The exits of one reason.
  package struct Sample: Sendable, Equatable {
    package var count: UInt64 = 0
    package var cycles: UInt64 = 0
    /// Cycles of the cheapest and of the dearest; zero where there is none.
    package var least: UInt64 = 0
    package var most: UInt64 = 0

    package var mean: Double { count == 0 ? 0 : Double(cycles) / Double(count) }

    mutating func note(_ cycles: UInt64) {
      least = count == 0 ? cycles : min(least, cycles)
      most = max(most, cycles)
      self.cycles &+= cycles
      count &+= 1
    }

    mutating func add(_ other: Sample) {
      guard other.count != 0 else { return }
      least = count == 0 ? other.least : min(least, other.least)
      most = max(most, other.most)
      cycles &+= other.cycles
      count &+= other.count
    }
  }

  private var samples = Array(repeating: Sample(), count: ExitReason.allCases.count)

  package init() {}

  /// Counts one exit that took so many host cycles.
  package mutating func note(_ reason: ExitReason, _ cycles: UInt64) {
    samples[Int(reason.rawValue)].note(cycles)
  }

  package subscript(reason: ExitReason) -> Sample { samples[Int(reason.rawValue)] }

  /// Exits of all reasons.
  package var count: UInt64 { samples.reduce(0) { $0 &+ $1.count } }
  /// What they took.
  package var cycles: UInt64 { samples.reduce(0) { $0 &+ $1.cycles } }

  /// Adds what another hart counted.
  package mutating func add(_ other: ExitStatistics) {
    for index in samples.indices { samples[index].add(other.samples[index]) }
  }

  /// How often each reason occurred since `earlier`, a copy of these taken before, and what those exits took together. The cheapest
  /// and the dearest of them are not known: they are zero.
  package func since(_ earlier: ExitStatistics) -> ExitStatistics {
    var difference = ExitStatistics()
    for index in samples.indices {
      let (now, before) = (samples[index], earlier.samples[index])
      difference.samples[index] = Sample(count: now.count &- before.count, cycles: now.cycles &- before.cycles)
    }
    return difference
  }

  /// The reasons that occurred, the most frequent first.
  package var reasons: [ExitReason] {
    ExitReason.allCases.filter { self[$0].count != 0 }
      .sorted { (self[$1].count, $0.rawValue) < (self[$0].count, $1.rawValue) }
  }

  /// A table in the layout of `perf kvm stat report`, with cycles in place of microseconds.
  package var report: [String] { report(of: nil) }

  /// The same with the line of one reason only; nil for all.
  package func report(of reason: ExitReason?) -> [String] {
    let widths = [18, 12, 9, 9, 12, 12, 14]
    func line(_ cells: [String]) -> String {
      zip(cells, widths).map { String(repeating: " ", count: max($1 - $0.count, 1)) + $0 }.joined()
    }
    func share(_ part: UInt64, _ whole: UInt64) -> String {
      // In hundredths of a per cent, rounded half up.
      let doubled = whole == 0 ? 0 : whole.dividingFullWidth(part.multipliedFullWidth(by: 20_000)).quotient
      let rounded = (doubled + 1) / 2
      return "\(rounded / 100).\(rounded % 100 < 10 ? "0" : "")\(rounded % 100)%"
    }
    var lines = [line(["VM-EXIT", "Samples", "Samples%", "Time%", "Min", "Max", "Avg"]), ""]
    for each in reasons where reason.map({ $0 == each }) ?? true {
      let sample = self[each]
      let mean = (sample.cycles * 200 / sample.count + 1) / 2
      lines.append(
        line([
          each.name, grouped(sample.count), share(sample.count, count), share(sample.cycles, cycles),
          grouped(sample.least), grouped(sample.most),
          "\(grouped(mean / 100)).\(mean % 100 < 10 ? "0" : "")\(mean % 100)",
        ]))
    }
    return lines + ["", "Total Samples:\(grouped(count)), Total events handled time:\(grouped(cycles)) cycles."]
  }
}
