import Hypervisor
import RISCV

/// The text of `info ledger`.
struct LedgerRendering {
  let ledgers: [Ledger]
  let technique: Technique
  /// The guest layer on whose behalf; nil for all.
  let stage: Layer?

  private var entries: [Ledger.Entry] {
    ledgers.flatMap(\.entries).filter { stage == nil || $0.stage == stage }
  }

  /// What one layer did of one action.
  private struct Row {
    var layer: Layer
    var action: CostAction
    var amount: Ledger.Amount
  }

  private var rows: [Row] {
    let entries = entries
    return Layer.allCases.flatMap { layer in
      CostAction.allCases.compactMap { action in
        let amount = entries.reduce(into: Ledger.Amount()) { sum, entry in
          if entry.layer == layer && entry.action == action { sum += entry.amount }
        }
        return amount.count == 0 ? nil : Row(layer: layer, action: action, amount: amount)
      }
    }
  }

  var lines: [String] {
    let rows = rows
    let sum = rows.reduce(0) { $0 &+ $1.amount.cycles }
    let model = ledgers[0].model
    var lines = [header(model)]
    if rows.isEmpty {
      return lines + ["Nothing has been charged\(stage.map { " on behalf of the \($0.name)" } ?? "") yet."]
    }
    lines.append(line("layer", "action", "count", "price", "cycles", ""))
    for row in rows {
      let price = model[row.action]
      // Where a row was changed on the way, no one price makes the sum.
      let isUniform = price &* row.amount.count == row.amount.cycles
      lines.append(
        line(
          row.layer.name, row.action.name, grouped(row.amount.count), isUniform ? grouped(price) : "changed",
          grouped(row.amount.cycles), percent(row.amount.cycles, sum)))
    }
    lines.append(line("sum", "", "", "", grouped(sum), ""))
    lines += [""] + parts("by layer", Layer.allCases, sum) { entry, layer in entry.layer == layer }
    guard stage == nil else { return lines }
    lines += parts("on behalf of", Layer.guest, sum) { entry, layer in entry.stage == layer }
    let clock = ledgers.reduce(0) { $0 &+ $1.clock }
    let clocks = ledgers.count == 1 ? "the physical hart's clock" : "the sum of the physical harts' clocks"
    return lines + ["\(clocks): \(grouped(clock))\(clock == sum ? "" : ", which is NOT the sum")"]
  }

  private func header(_ model: CostModel) -> String {
    let whose = stage.map { " on behalf of the guest's \($0.name)" } ?? ""
    let harts = ledgers.count == 1 ? "" : " of \(ledgers.count) physical harts"
    let changed = (model.prices + model.settings).filter(\.isChanged).count
    let changes = changed == 0 ? "" : " with \(changed) row\(changed == 1 ? "" : "s") changed"
    return "Host cycles\(harts)\(whose) under \(technique), at the costs \(model.name)\(changes):"
  }

  private func parts(
    _ title: String, _ layers: [Layer], _ sum: UInt64, _ isPart: (Ledger.Entry, Layer) -> Bool
  ) -> [String] {
    let entries = entries
    let parts = layers.compactMap { layer -> String? in
      let cycles = entries.reduce(UInt64(0)) { isPart($1, layer) ? $0 &+ $1.amount.cycles : $0 }
      return cycles == 0 ? nil : "\(layer.name) \(grouped(cycles)) (\(percent(cycles, sum)))"
    }
    return ["\(title): \(parts.joined(separator: ", "))"]
  }

  private func line(
    _ layer: String, _ action: String, _ count: String, _ price: String, _ cycles: String, _ share: String
  ) -> String {
    ("\(layer.padded(10))\(action.padded(24))\(count.leftPadded(15))\((price.isEmpty ? "" : "x " + price).leftPadded(12))"
      + "\(cycles.leftPadded(19))\(share.leftPadded(9))").trimmedEnd
  }
}

/// A part of a whole, in tenths of a per cent, rounded half up.
func percent(_ part: UInt64, _ whole: UInt64) -> String {
  guard whole != 0 else { return "0.0 %" }
  let doubled = whole.dividingFullWidth(part.multipliedFullWidth(by: 2000)).quotient
  let tenths = (doubled + 1) / 2
  return "\(tenths / 10).\(tenths % 10) %"
}
