import Console
import Debugger
import Hypervisor
import RISCV

/// A comparison as one page of HTML: charts, and below each the table with its numbers. It needs nothing but itself.
struct ComparisonPage {
  let comparison: Comparison

  init(_ comparison: Comparison) { self.comparison = comparison }

  private var columns: [ComparisonColumn] { comparison.columns }
  private var techniques: [String] { columns.map(\.technique.description) }

  var text: String {
    Page(title: "\(comparison.guest): techniques side by side", body: [head] + sections).text
  }

  private var head: String {
    let (first, model) = (columns[0], comparison.model)
    let agreement =
      comparison.difference.map { "The techniques disagree: \($0.text)." }
      ?? "The guest \(first.end). It retired \(grouped(first.retired)) instructions\(columns.count > 1 ? " under each technique" : "")"
      + ", and the digest of its state is \(hex16(first.digest))."
    let notes = comparison.notes.map { "<p class=\"note\">\($0.escaped)</p>" }.joined(separator: "\n")
    return """
      <p class="lead">Host cycles by the model <code>\(model.name.escaped)</code>. \(model.title.escaped).</p>
      <p>\(agreement.escaped)</p>
      <p>Counts come from running the guest; a cycle count is a sum of counts times prices, which stand at the end.</p>
      \(notes)
      """
  }

  private var sections: [String] {
    [layers, operations, exits, references, timeline, spending, everything, prices].compactMap(\.self)
  }

  /// The rows of the comparison that belong to a part of it.
  private func table(_ caption: String, _ rows: [ComparisonRow]) -> PageTable {
    PageTable(
      caption: caption, heads: [""] + techniques,
      rows: rows.map { row in [row.name] + columns.map { row.cell($0, against: columns[0]) } })
  }

  // MARK: Charts

  private var layers: String {
    let layers: [Layer] = [.user, .kernel, .loader, .firmware, .monitor, .hardware].filter { layer in
      columns.contains { column in column.ledger.sum { $0.layer == layer && $0.action != .wait }.cycles != 0 }
    }
    let chart = StackedBars(
      identifier: "layers", title: "Host cycles by layer",
      description: "A bar for each technique, in parts by who spent the cycles. The table below has the numbers.",
      unit: "host cycles", parts: layers.map { .init(name: $0.name, style: "layer-\($0.name)") },
      bars: columns.map { column in
        (
          column.technique.description,
          layers.map { layer in column.ledger.sum { $0.layer == layer && $0.action != .wait }.cycles }
        )
      })
    let shown = comparison.shownRows
    return Page.section(
      "Host cycles by layer: who spent them",
      "The guest's own layers are instructions that a hart of the host ran directly. Hardware is what it does beside: traps, walks, "
        + "switches.", chart.drawing,
      [
        table(
          "Host cycles by layer, and against \(techniques[0])",
          shown.filter { $0.section == "layer" || $0.section.isEmpty })
      ])
  }

  private var operations: String? {
    let regions = comparison.rows.filter { $0.section == "region" }
    let rows = regions.map { row in
      (row.name, columns.map { row.value($0, against: columns[0]).map { Double($0) / 1000 } })
    }.filter { $0.1.contains { ($0 ?? 0) > 0 } }
    guard !rows.isEmpty else { return nil }
    return Page.section(
      "Host cycles of each operation",
      "What one time of each operation takes that the guest brackets with markers, on the average.",
      OperationChart(operations: rows, techniques: techniques).drawing,
      [table("Host cycles of one time, the mean", regions.filter { row in rows.contains { $0.0 == row.name } })])
  }

  private var exits: String? {
    let monitored = columns.filter { $0.exits.count != 0 }
    guard !monitored.isEmpty else { return nil }
    let reasons = ExitReason.allCases.filter { reason in monitored.contains { $0.exits[reason].count != 0 } }
      .map { reason in (reason, monitored.map { $0.exits[reason].count }.max()!) }
      .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }.map(\.0)
    let chart = BarMatrix(
      identifier: "exits", title: "Exits by reason",
      description:
        "A row for each reason and a column for each technique with a monitor; bars of one scale, with their numbers.",
      columns: columns.enumerated().filter { $0.element.exits.count != 0 }
        .map { ($0.element.technique.description, $0.offset) },
      rows: reasons.map { reason in (reason.name, monitored.map { $0.exits[reason].count }) })
    func table(_ caption: String, _ cell: (ExitStatistics.Sample) -> UInt64) -> PageTable {
      PageTable(
        caption: caption, heads: [""] + monitored.map(\.technique.description),
        rows: reasons.map { reason in
          [reason.name]
            + monitored.map { $0.exits[reason].count == 0 ? "–" : grouped(cell($0.exits[reason])) }
        }, notes: reasons.map(\.meaning))
    }
    return Page.section(
      "Exits to the monitor, by reason", "How often control passed from the guest to the monitor.", chart.drawing,
      [
        table("Exits", \.count),
        table("Host cycles of one exit, from the trap to the return, the mean") {
          ($0.cycles + $0.count / 2) / $0.count
        },
      ])
  }

  private var references: String? {
    let parts: [(name: String, style: String, row: String)] = [
      ("first stage, by harts", "layer-kernel", "first-stage"), ("G-stage, by harts", "layer-hardware", "guest-stage"),
      ("guest's tables, by the monitor", "layer-monitor", "by-monitor"),
    ]
    let rows = parts.compactMap { part in comparison.rows.first { $0.fullName == "translation.\(part.row)" } }
    let bars = columns.map { column in
      (column.technique.description, rows.map { $0.value(column, against: columns[0]) ?? 0 })
    }
    guard bars.contains(where: { $0.1.contains { $0 != 0 } }) else { return nil }
    let chart = StackedBars(
      identifier: "references", title: "Page-table references",
      description:
        "A bar for each technique: page-table entries that were read, by whom. The table below has the numbers.",
      unit: "page-table entries read", parts: parts.map { .init(name: $0.name, style: $0.style) }, bars: bars)
    return Page.section(
      "Page-table references",
      "Entries read to translate addresses: by harts in their walks, and by the monitor in software.",
      chart.drawing,
      [table("Address translation, counted", comparison.shownRows.filter { $0.section == "translation" })])
  }

  private var timeline: String? {
    let timelines = columns.map(\.timeline)
    let rows = timelines[0].stretches(Timeline.tableCount)
    guard rows.count > 1 else { return nil }
    let others = timelines.map { $0.stretches(Timeline.tableCount) }
    let table = PageTable(
      caption: "Stretches of the run: the stage with the most cycles under \(techniques[0]), and host cycles",
      heads: ["instructions", "stage"] + techniques,
      rows: rows.enumerated().map { index, stretch in
        let stages = Layer.guest.map { layer in (layer, stretch.cycles { $0.stage == layer }) }
        let stage = stages.max { $0.1 < $1.1 }!.0.name
        let cycles = others.map { stretches in
          index < stretches.count && stretches.count == rows.count
            ? grouped(stretches[index].cycles()) : "–"
        }
        return ["\(grouped(stretch.start))–\(grouped(stretch.end))", stage] + cycles
      }, words: [1])
    let stages = comparison.shownRows.filter { $0.section == "stage" }
    return Page.section(
      "The run in time, with its boot stages",
      "What an instruction of the guest cost the host on the way, from reset to the end.",
      TimelineChart(techniques: techniques, timelines: timelines).drawing,
      [table, self.table("Host cycles by boot stage: on whose behalf", stages)])
  }

  private var spending: String? {
    let monitored = columns.filter { $0.exits.count != 0 }
    let chart = SpendingChart(columns: monitored.map { ($0.technique.description, $0.timeline) })
    guard !chart.parts.isEmpty else { return nil }
    let tables = monitored.map { column in
      PageTable(
        caption: "\(column.technique): host cycles in stretches of the run",
        heads: ["instructions"] + chart.parts.map(\.name),
        rows: column.timeline.stretches(Timeline.tableCount).map { stretch in
          ["\(grouped(stretch.start))–\(grouped(stretch.end))"]
            + chart.parts.map { part in
              let cycles = stretch.cycles(where: part.isIncluded)
              return cycles == 0 ? "–" : grouped(cycles)
            }
        })
    }
    return Page.section(
      "What the cycles went into, in time",
      "Cold code has to be translated, and pages have to be mapped; what is made once serves from then on.",
      chart.drawing, tables)
  }

  // MARK: Tables

  private var everything: String {
    let sections = comparison.shownRows.reduce(into: [[ComparisonRow]]()) { groups, row in
      if groups.last?.first?.section == row.section {
        groups[groups.count - 1].append(row)
      } else {
        groups.append([row])
      }
    }
    let tables = sections.filter { $0[0].section == "actions" || $0[0].section == "faults" }.map {
      table(ComparisonRow.heading($0[0].section), $0)
    }
    return Page.section(
      "What was done, counted", "Each action has one price, the same under every technique.", nil, tables)
  }

  private var prices: String {
    let model = comparison.model
    let actions = CostAction.priced.filter { action in columns.contains { $0.ledger.amount(of: action).count != 0 } }
    let rows = actions.map(model.row) + CostSetting.allCases.map(model.row)
    let table = PageTable(
      caption: "Rows of \(model.name) that counted", heads: ["", "number", "unit", "source"],
      rows: rows.map { row in
        let mark = row.isChanged ? "changed: " : row.isCalibrated ? "calibrated: " : ""
        return [row.name, grouped(row.number), row.unit, mark + (row.source.isEmpty ? "no source given" : row.source)]
      }, words: [2, 3])
    return Page.section("Prices", "\(model.title).", nil, [table])
  }
}
