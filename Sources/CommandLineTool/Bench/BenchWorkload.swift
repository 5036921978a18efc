/// What the benchmark measures: a guest that comes with the tool, or a boot.
struct BenchWorkload {
  let name: String
  /// What it does, in a few words.
  let summary: String

  /// The guest in the catalog; nil for the boot.
  var guest: String? { name == "boot" ? nil : "bench-\(name)" }

  static let all: [BenchWorkload] = [
    .init(name: "integer", summary: "arithmetic in registers"),
    .init(name: "chase", summary: "loads that miss the TLB, Sv39"),
    .init(name: "copy", summary: "memory copied by doublewords"),
    .init(name: "ecall", summary: "calls from U-mode to S-mode, Sv39"),
    .init(name: "csr", summary: "CSR accesses in S-mode"),
    .init(name: "pte", summary: "page-table changes with sfence.vma"),
    .init(name: "boot", summary: "firmware and kernel to a prompt"),
  ]
}

/// Repeated measurements of one quantity.
struct Samples {
  var values: [Double] = []

  var median: Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
  var least: Double { values.min() ?? .nan }
  var most: Double { values.max() ?? .nan }
}

/// What a workload came to.
struct BenchResult {
  /// One emulator's part.
  struct Entry {
    var emulator: BenchEmulator
    /// Iterations of a measured run, zero for a boot.
    var iterations: UInt64 = 0
    /// Instructions that count: those of the measured run less those of the short run.
    var instructions: UInt64 = 0
    /// User seconds of start and end, which are taken off.
    var startSeconds = 0.0
    /// User seconds of each run, less the start.
    var seconds = Samples()
    /// Millions of instructions a second, of each run.
    var rate = Samples()
    /// Our rate divided by this one's, of runs that followed each other.
    var ratio = Samples()
    /// Why there are no figures.
    var failure: String?
  }

  var workload: BenchWorkload
  var entries: [Entry] = []
}
