import Debugger

/// The results as a table for people, and as JSON for programs.
struct BenchReport {
  var repeats: Int
  var emulators: [BenchEmulator]
  var results: [BenchResult] = []

  // MARK: Table

  static func head(_ emulators: [BenchEmulator]) -> String {
    "MIPS".padded(10)
      + emulators.map { $0 == .ours ? $0.title.padded(24) : $0.title.padded(24) + "ours/\($0.title)".padded(20) }
      .joined()
  }

  static func line(_ result: BenchResult, _ emulators: [BenchEmulator]) -> String {
    result.workload.name.padded(10)
      + emulators.map { emulator in
        let width = emulator == .ours ? 24 : 44
        guard let entry = result.entries.first(where: { $0.emulator == emulator }) else { return "-".padded(width) }
        if let failure = entry.failure { return String(failure.prefix(width - 2)).padded(width) }
        let rate = spread(entry.rate)
        return emulator == .ours ? rate.padded(24) : rate.padded(24) + spread(entry.ratio).padded(20)
      }.joined()
  }

  /// Median, and in brackets the least and the most.
  private static func spread(_ samples: Samples) -> String {
    let parts = [samples.median, samples.least, samples.most].map(short)
    return "\(parts[0]) (\(parts[1])..\(parts[2]))"
  }

  private static func short(_ value: Double) -> String {
    printfDouble(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
  }

  // MARK: JSON

  /// One object: `version`, `repeats`, and a result for each workload with its entries.
  var json: String {
    let items = results.map { result in
      JSON.object([("workload", .string(result.workload.name)), ("entries", .array(result.entries.map(Self.object)))])
    }
    return JSON.object([
      ("format", .string("vitrine-bench")), ("version", .whole(1)), ("repeats", .whole(UInt64(repeats))),
      ("results", .array(items)),
    ]).text
  }

  private static func object(_ entry: BenchResult.Entry) -> JSON {
    var members: [(String, JSON)] = [("emulator", .string(entry.emulator.rawValue))]
    if let failure = entry.failure { return .object(members + [("failure", .string(failure))]) }
    members += [
      ("iterations", .whole(entry.iterations)), ("instructions", .whole(entry.instructions)),
      ("startSeconds", .real(entry.startSeconds)), ("userSeconds", samples(entry.seconds)),
      ("mips", samples(entry.rate)),
    ]
    if entry.emulator != .ours { members.append(("oursToThis", samples(entry.ratio))) }
    return .object(members)
  }

  private static func samples(_ samples: Samples) -> JSON {
    .object([
      ("median", .real(samples.median)), ("min", .real(samples.least)), ("max", .real(samples.most)),
      ("runs", .array(samples.values.map(JSON.real))),
    ])
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
