import Console
import Debugger
import Hypervisor
import RISCV

extension Comparison {
  /// How each number of a row comes about, in lines: counts and prices, and where the prices are from.
  func explanation(of row: ComparisonRow) -> [String] {
    var lines = ["\(row.fullName): \(row.meaning)"]
    var actions: Set<CostAction> = []
    for column in columns {
      lines += ["", "\(column.technique): \(row.cell(column, against: columns[0]))\(row.unit)"]
      switch row.origin {
      case .ledger(let isIncluded, _):
        let entries = column.ledger.entries.filter(isIncluded)
        actions.formUnion(entries.map(\.action))
        lines += Self.products(entries)
      case .fault: break
      case .exits(let reason):
        guard row.value(column, against: columns[0]) != 0 else { break }
        lines += column.exits.report(of: reason).map { $0.isEmpty ? "" : "  " + $0 }
      case .hart(let path, let action):
        guard let action, column.technique != .emulation else { break }
        actions.insert(action)
        let count = column.counts[keyPath: path]
        if action == .pageTableReference && column.counts.walkCacheHits != 0 {
          actions.insert(.walkCacheHit)
          lines.append("  some of them answered by the page-walk cache: see walk-cache-hits")
        } else {
          lines.append("  \(grouped(count)) x \(grouped(model[action])) = \(grouped(count &* model[action])) cycles")
        }
      case .retired: lines.append("  \(column.end); digest of the guest's state \(hex16(column.digest))")
      case .meanExit:
        if column.exits.count != 0 {
          lines.append("  \(grouped(column.exits.cycles)) cycles / \(grouped(column.exits.count)) exits")
        }
      case .slowdown(let withFirmware):
        let parts = [column, columns[0]].map { withFirmware ? $0.busyCycles : $0.busyCyclesWithoutFirmware }
        lines.append("  \(grouped(parts[0])) cycles / \(grouped(parts[1])) of \(columns[0].technique)")
      case .region(let number):
        guard let region = column.region(number), let costs = region.costs else { break }
        actions.formUnion(costs.entries.map(\.action))
        lines += Self.products(costs.entries)
        let cycles = region.hostCycles
        lines.append(
          "  \(grouped(cycles.sum)) cycles / \(grouped(region.ended)) times; at least \(grouped(cycles.least)), at most "
            + grouped(cycles.most))
      }
    }
    let priced = CostAction.priced.filter(actions.contains)
    if !priced.isEmpty { lines += ["", "Prices of \(model.name):"] }
    for action in priced {
      let price = model.row(action)
      lines.append("  \(action.name)  \(grouped(price.number)) \(price.unit): \(action.meaning)")
      let mark = price.isChanged ? "changed: " : price.isCalibrated ? "calibrated: " : ""
      lines += (mark + (price.source.isEmpty ? "no source given" : price.source)).wrapped(at: 110).map { "      \($0)" }
    }
    return lines
  }

  /// A line for each entry, the dearest first: who, on whose behalf, count, price and cycles; and their sum.
  private static func products(_ entries: [Ledger.Entry]) -> [String] {
    guard !entries.isEmpty else { return [] }
    let sorted = entries.enumerated().sorted {
      ($1.element.amount.cycles, $0.offset) < ($0.element.amount.cycles, $1.offset)
    }
    var rows = [["who", "on behalf of", "action", "count", "", "price", "", "cycles"]]
    var sum = Ledger.Amount()
    for (_, entry) in sorted {
      let amount = entry.amount
      sum += amount
      // A price that was changed in between leaves no single factor.
      let price = amount.cycles % amount.count == 0 ? grouped(amount.cycles / amount.count) : "varied"
      rows.append([
        entry.layer.name, entry.stage.name, entry.action.name, grouped(amount.count), "x", price, "=",
        grouped(amount.cycles),
      ])
    }
    rows.append(["", "", "sum", grouped(sum.count), "", "", "=", grouped(sum.cycles)])
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      "  "
        + row.indices.map { $0 < 3 ? row[$0].padded(widths[$0]) : row[$0].leftPadded(widths[$0]) }
        .joined(separator: "  ")
    }
  }
}

extension ComparisonRow {
  /// The rows that a person means by a name: a full one, such as `exits.csr-access`, or its last part.
  static func named(_ name: String, baseline: String, regions: [NamedRegion]) -> [ComparisonRow] {
    let rows = all(baseline: baseline, regions: regions)
    let exact = rows.filter { $0.fullName == name }
    return exact.isEmpty ? rows.filter { $0.name == name } : exact
  }

  /// What its numbers count, for an explanation.
  fileprivate var unit: String {
    switch origin {
    case .ledger(_, let showsCycles): showsCycles ? " cycles" : " times"
    case .exits: " exits"
    case .fault: " faults"
    case .hart: " times"
    case .retired: " instructions"
    case .meanExit, .region: " cycles"
    case .slowdown: " times"
    }
  }
}
