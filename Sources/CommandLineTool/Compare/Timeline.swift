import Hypervisor
import RISCV

/// How a run went on: the ledger at counts of retired instructions that are the closer together the shorter the run is.
struct Timeline {
  /// Where the account stood.
  struct Sample {
    /// Instructions that the guest had retired.
    var position: UInt64
    /// What all harts had been charged so far.
    var ledger: Ledger
  }

  /// What one stretch of the run took.
  struct Stretch {
    /// Instructions that the guest had retired where it begins and ends.
    var start: UInt64
    var end: UInt64
    /// What was charged in between.
    var ledger: Ledger

    /// Busy host cycles of the entries that `isIncluded` picks.
    func cycles(where isIncluded: (Ledger.Entry) -> Bool = { _ in true }) -> UInt64 {
      ledger.sum { $0.action != .wait && isIncluded($0) }.cycles
    }
    /// The same for each instruction that the guest retired.
    func rate(where isIncluded: (Ledger.Entry) -> Bool = { _ in true }) -> Double {
      Double(cycles(where: isIncluded)) / Double(end - start)
    }
  }

  private(set) var samples: [Sample]
  /// Instructions from one sample to the next.
  private var interval: UInt64 = 100
  /// Stretches of a table.
  static let tableCount = 12
  /// With so many samples, every other one goes.
  private static let most = 256

  /// Begins at reset.
  init(_ model: CostModel) { samples = [Sample(position: 0, ledger: Ledger(model))] }

  /// How many instructions the guest has retired when the next sample is due.
  var next: UInt64 { samples[samples.count - 1].position + interval }

  /// Takes the sample that is due.
  mutating func note(_ position: UInt64, _ ledgers: [Ledger]) {
    append(position, ledgers)
    guard samples.count > Self.most else { return }
    samples = samples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    interval *= 2
  }

  /// Takes the last sample, wherever the run has ended.
  mutating func end(_ position: UInt64, _ ledgers: [Ledger]) {
    guard position > 0 else { return }
    // Since the one before, the guest may have trapped without retiring anything.
    if samples[samples.count - 1].position == position { samples.removeLast() }
    append(position, ledgers)
  }

  private mutating func append(_ position: UInt64, _ ledgers: [Ledger]) {
    var sum = Ledger(samples[0].ledger.model)
    for ledger in ledgers { sum.add(ledger) }
    samples.append(Sample(position: position, ledger: sum))
  }

  /// The run in stretches of as many instructions each, but for the last, which may be shorter: `count` of them at most, and as many as
  /// samples allow.
  func stretches(_ count: Int) -> [Stretch] {
    let size = (samples.count - 1 + count - 1) / count
    guard size > 0 else { return [] }
    var borders = Array(stride(from: 0, to: samples.count, by: size))
    if borders[borders.count - 1] != samples.count - 1 { borders.append(samples.count - 1) }
    return zip(borders, borders.dropFirst()).map { from, to in
      Stretch(
        start: samples[from].position, end: samples[to].position, ledger: samples[to].ledger.since(samples[from].ledger)
      )
    }
  }
}
