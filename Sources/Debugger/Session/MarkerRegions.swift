import Hypervisor
import RISCV

/// Counts what harts do between the marker that begins a region (N above zero) and the one that ends it (-N).
///
/// The two hints themselves do not count. Regions may lie in one another; a region that is begun again before it has ended
/// starts anew. What is never ended is a point, and has only been reached.
package struct MarkerRegions: Sendable {
  /// A sum over the times that a region was run through, with its extremes.
  package struct Tally: Sendable, Equatable {
    package var sum: UInt64 = 0
    package var least: UInt64 = .max
    package var most: UInt64 = 0

    fileprivate mutating func add(_ value: UInt64) {
      sum &+= value
      least = min(least, value)
      most = max(most, value)
    }
  }

  package struct Region: Sendable, Equatable {
    /// The number that begins it.
    package var number: Int
    /// How often it was begun, and how often it ended.
    package var begun: UInt64 = 0
    package var ended: UInt64 = 0
    /// Instructions retired by the hart that ran through it.
    package var retired = Tally()
    /// Clock units, which other harts move on too.
    package var cycles = Tally()
    /// Cycles of the physical hart; the sum of ``costs``.
    package var hostCycles = Tally()
    /// What the physical hart did in all the times together; nil where nobody looked at its account.
    package var costs: Ledger?
  }

  private struct Key: Hashable {
    var hart: Int
    var number: Int
  }
  private struct Beginning: Sendable {
    var event: Event
    var account: Ledger?
  }

  private var regions: [Int: Region] = [:]
  private var open: [Key: Beginning] = [:]

  package init() {}

  /// Takes note of a marker; other events mean nothing here. `account` is what the hart that came by has been charged up to
  /// and with the marker.
  package mutating func note(_ event: Event, _ account: HostAccount? = nil) {
    guard case .marker(let number) = event.kind, number != 0, number != -2048 else { return }
    let key = Key(hart: event.hart, number: abs(number))
    var region = regions[key.number] ?? Region(number: key.number)
    if number > 0 {
      region.begun += 1
      open[key] = Beginning(event: event, account: account?.ledger)
    } else if let begin = open.removeValue(forKey: key) {
      region.ended += 1
      region.retired.add(event.retired &- begin.event.retired &- 1)
      region.cycles.add(event.cycle &- begin.event.cycle &- 1)
      if let account, let before = begin.account {
        let costs = account.withoutInstruction.since(before)
        region.hostCycles.add(costs.clock)
        if region.costs == nil { region.costs = costs } else { region.costs!.add(costs) }
      }
    } else {
      return
    }
    regions[key.number] = region
  }

  /// The regions that were begun, in the order of their numbers.
  package var all: [Region] { regions.values.sorted { $0.number < $1.number } }
}
