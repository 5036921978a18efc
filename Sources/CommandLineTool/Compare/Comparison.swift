import Console
import Debugger
import Hypervisor
import RISCV

/// Techniques side by side: the same guest, a column each.
struct Comparison {
  /// What was run, as a person named it.
  var guest: String
  var model: CostModel
  var columns: [ComparisonColumn]
  /// What the guest calls its markers.
  var names: MarkerNames

  var rows: [ComparisonRow] { ComparisonRow.all(baseline: columns[0].technique.description, regions: regions) }

  /// The regions that the guest came through under any technique, in the order of their numbers.
  var regions: [NamedRegion] {
    Set(columns.flatMap { $0.regions.filter { $0.ended != 0 }.map(\.number) }).sorted().map { NamedRegion($0, names) }
  }

  /// What a reader has to know of the columns, in sentences.
  var notes: [String] {
    guard model[.nestedPaging] == 0 else { return [] }
    return columns.map(\.technique).filter { $0.paging == .nested }.map {
      "\($0) under \(model.name) is what might have been: this machine has no nested paging (vitrine costs nested-paging)."
    }
  }

  /// The rows that have something to show.
  var shownRows: [ComparisonRow] {
    rows.filter { row in
      row.isAlwaysShown || columns.contains { (row.value($0, against: columns[0]) ?? 0) != 0 }
    }
  }

  // MARK: Text

  /// The table in lines: techniques as columns, counts first, cycles after them. Columns that find no room in `width` stand in a
  /// table of their own below, with the names of the rows again.
  func lines(width: Int = .max) -> [String] {
    let shown = shownRows
    let cells = shown.map { row in columns.map { row.cell($0, against: columns[0]) } }
    let heads = columns.map { Self.brokenName($0.technique.description) }
    let label = shown.map { $0.name.count + ($0.section.isEmpty ? 0 : 2) }.max() ?? 0
    let widths = columns.indices.map { index in
      max(heads[index].map(\.count).max() ?? 0, cells.map { $0[index].count }.max() ?? 0)
    }
    let room = max(width, label) - label
    let most = max(1, room / ((widths.max() ?? 0) + 2))
    // Of the same size, as far as they can be; all in one where they fit as they are.
    let isWhole = widths.reduce(0) { $0 + $1 + 2 } <= room
    let blocks = isWhole ? 1 : (columns.count + most - 1) / most
    let size = (columns.count + blocks - 1) / blocks
    let tables = stride(from: 0, to: columns.count, by: size).map { start in
      let part = start..<min(start + size, columns.count)
      return Self.table(shown, cells.map { Array($0[part]) }, Array(heads[part]), Array(widths[part]), label: label)
    }
    return Array(tables.joined(separator: [""])) + (notes.isEmpty ? [] : [""] + notes.flatMap { $0.wrapped(at: 100) })
  }

  private static func table(
    _ rows: [ComparisonRow], _ cells: [[String]], _ heads: [[String]], _ widths: [Int], label: Int
  ) -> [String] {
    let height = heads.map(\.count).max() ?? 0
    func line(_ name: String, _ cells: [String]) -> String {
      (name.padded(label) + zip(cells, widths).map { "  " + $0.leftPadded($1) }.joined()).trimmedEnd
    }
    var lines = (0..<height).map { row in
      // Names stand on the bottom line.
      line("", heads.map { row >= height - $0.count ? $0[row - (height - $0.count)] : "" })
    }
    var section = ""
    for (row, cells) in zip(rows, cells) {
      if row.section != section {
        section = row.section
        lines += ["", ComparisonRow.heading(section)]
      }
      lines.append(line(section.isEmpty ? row.name : "  " + row.name, cells))
    }
    return lines
  }

  /// A technique's name in parts that are short enough for a column of numbers.
  private static func brokenName(_ name: String) -> [String] {
    var parts: [String] = []
    for segment in name.split(separator: "/") {
      var part = parts.isEmpty ? "" : "/"
      for word in segment.split(separator: "-") {
        if part.count > 1, part.count + word.count > 12 {
          parts.append(part)
          part = ""
        }
        part += word + "-"
      }
      parts.append(String(part.dropLast()))
    }
    return parts
  }

  // MARK: Files

  /// A line a row, with its full name; numbers are not grouped, and slowdown is in whole units with three decimal places.
  var csv: String {
    let head = ["row"] + columns.map(\.technique.description)
    let lines = rows.map { row in
      [row.fullName]
        + columns.map { column in
          guard let value = row.value(column, against: columns[0]) else { return "" }
          return row.isFraction ? printfDouble("%.3f", Double(value) / 1000) : String(value)
        }
    }
    return ([head] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// Everything: each column with its rows, exits and ledger, and the prices.
  var json: JSON {
    .object([
      ("format", .string("vitrine-compare")), ("version", .whole(1)), ("guest", .string(guest)),
      ("notes", .array(notes.map { .string($0) })), ("columns", .array(columns.map(json))), ("costs", JSON(model)),
    ])
  }

  private func json(_ column: ComparisonColumn) -> JSON {
    let rows = rows.map { row -> (String, JSON) in
      guard let value = row.value(column, against: columns[0]) else { return (row.fullName, .null) }
      return (row.fullName, row.isFraction ? .real(Double(value) / 1000) : .whole(value))
    }
    let exits = column.exits.reasons.map { reason in
      let sample = column.exits[reason]
      return JSON.object([
        ("reason", .string(reason.name)), ("count", .whole(sample.count)), ("cycles", .whole(sample.cycles)),
        ("min", .whole(sample.least)), ("mean", .real(sample.mean)), ("max", .whole(sample.most)),
      ])
    }
    let regions = regions.compactMap { named in
      column.region(named.number).map { region in
        JSON.object([
          ("number", .whole(UInt64(named.number))), ("name", .string(named.name)), ("times", .whole(region.ended)),
          ("cycles", .whole(region.hostCycles.sum)), ("min", .whole(region.hostCycles.least)),
          ("mean", .real(Double(region.hostCycles.sum) / Double(region.ended))),
          ("max", .whole(region.hostCycles.most)),
          ("instructions", .whole(region.retired.sum)), ("ledger", .array(region.costs.map(Self.json) ?? [])),
        ])
      }
    }
    return .object([
      ("technique", .string(column.technique.description)), ("end", .string("\(column.end)")),
      ("digest", .string(hex16(column.digest))), ("consoleBytes", .whole(UInt64(column.console.count))),
      ("seconds", .real(column.seconds)), ("rows", .object(rows)), ("exits", .array(exits)),
      ("regions", .array(regions)),
      ("timeline", .array(column.timeline.stretches(TimelineChart.stretchCount).map(Self.json))),
      ("ledger", .array(Self.json(column.ledger))),
    ])
  }

  private static func json(_ stretch: Timeline.Stretch) -> JSON {
    .object(
      [("start", .whole(stretch.start)), ("end", .whole(stretch.end))]
        + Spending.allCases.map { ($0.name, .whole(stretch.cycles(where: $0.isIncluded))) })
  }

  private static func json(_ ledger: Ledger) -> [JSON] {
    ledger.entries.map { entry in
      .object([
        ("stage", .string(entry.stage.name)), ("layer", .string(entry.layer.name)),
        ("action", .string(entry.action.name)), ("count", .whole(entry.amount.count)),
        ("cycles", .whole(entry.amount.cycles)),
      ])
    }
  }
}
