import Hypervisor
import RISCV

/// How a run went on: host cycles by guest layer, at places that are the closer together the shorter the run is.
struct Timeline {
  /// Where the account stood.
  struct Sample {
    /// Instructions that the guest had retired.
    var position: UInt64
    /// Busy host cycles so far, on behalf of each of ``Layer/guest``.
    var cycles: [UInt64]

    var total: UInt64 { cycles.reduce(0, &+) }
  }

  private(set) var samples = [Sample(position: 0, cycles: Layer.guest.map { _ in 0 })]
  /// Steps from one sample to the next.
  private(set) var interval: UInt64 = 100
  /// With so many samples, every other one goes.
  private static let most = 256

  mutating func note(_ position: UInt64, _ ledgers: [Ledger]) {
    var cycles = Layer.guest.map { _ in UInt64(0) }
    for entry in ledgers.flatMap(\.entries) where entry.action != .wait {
      if let index = Layer.guest.firstIndex(of: entry.stage) { cycles[index] &+= entry.amount.cycles }
    }
    samples.append(Sample(position: position, cycles: cycles))
    guard samples.count > Self.most else { return }
    samples = samples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    interval *= 2
  }

  /// The run in `count` stretches of as many instructions each: where each begins and ends, and what it took by guest layer. Those
  /// in which no sample lies belong to the stretch behind them.
  func stretches(_ count: Int) -> [(start: UInt64, end: UInt64, cycles: [UInt64])] {
    guard let last = samples.last, last.position > 0 else { return [] }
    var stretches: [(start: UInt64, end: UInt64, cycles: [UInt64])] = []
    var before = samples[0]
    for number in 1...UInt64(count) {
      let (whole, rest) = last.position.quotientAndRemainder(dividingBy: UInt64(count))
      let end = whole * number + rest * number / UInt64(count)
      guard let sample = samples.last(where: { $0.position <= end }), sample.position > before.position else {
        continue
      }
      stretches.append((before.position, sample.position, zip(sample.cycles, before.cycles).map { $0 &- $1 }))
      before = sample
    }
    return stretches
  }
}
