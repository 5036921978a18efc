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
      let entries = result.entries.map(Self.object).joined(separator: ",\n")
      return """
            {"workload": \(Self.string(result.workload.name)), "entries": [
        \(entries)
            ]}
        """
    }
    return """
      {
        "format": "vitrine-bench", "version": 1, "repeats": \(repeats),
        "results": [
      \(items.joined(separator: ",\n"))
        ]
      }

      """
  }

  private static func object(_ entry: BenchResult.Entry) -> String {
    var fields = ["\"emulator\": \(string(entry.emulator.rawValue))"]
    if let failure = entry.failure {
      fields.append("\"failure\": \(string(failure))")
    } else {
      fields += [
        "\"iterations\": \(entry.iterations)", "\"instructions\": \(entry.instructions)",
        "\"startSeconds\": \(number(entry.startSeconds))", "\"userSeconds\": \(samples(entry.seconds))",
        "\"mips\": \(samples(entry.rate))",
      ]
      if entry.emulator != .ours { fields.append("\"oursToThis\": \(samples(entry.ratio))") }
    }
    return "      {\(fields.joined(separator: ", "))}"
  }

  private static func samples(_ samples: Samples) -> String {
    "{\"median\": \(number(samples.median)), \"min\": \(number(samples.least)), \"max\": \(number(samples.most)), "
      + "\"runs\": [\(samples.values.map(number).joined(separator: ", "))]}"
  }

  private static func number(_ value: Double) -> String { value.isFinite ? printfDouble("%.6f", value) : "null" }

  private static func string(_ text: String) -> String {
    var result = "\""
    for unit in text.unicodeScalars {
      switch unit {
      case "\"", "\\": result += "\\\(unit)"
      case "\u{0}"..."\u{1f}": result += "\\u00" + (unit.value < 16 ? "0" : "") + String(unit.value, radix: 16)
      default: result.unicodeScalars.append(unit)
      }
    }
    return result + "\""
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
