import Debugger
import RISCV

/// What `--stats` says about the regions between a guest's markers: a line each, numbers in columns.
struct RegionTable {
  let lines: [String]

  init(_ regions: [MarkerRegions.Region], _ names: MarkerNames) {
    guard !regions.isEmpty else {
      lines = []
      return
    }
    var rows = [["region", "times", "instructions", "least", "most", "cycles", "least", "most"]]
    for region in regions {
      var row = [names.name(region.number) ?? "\(region.number)"]
      if region.ended == 0 {
        row += [grouped(region.begun)]
      } else {
        row += [grouped(region.ended)]
        for tally in [region.retired, region.cycles] {
          row += [Self.mean(tally.sum, region.ended), grouped(tally.least), grouped(tally.most)]
        }
      }
      rows.append(row)
    }
    let widths = (0..<rows[0].count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    lines = rows.map { row in
      let cells = zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }
      return "  " + cells.joined(separator: "  ")
    }
  }

  /// With one decimal place, in whole-number arithmetic.
  private static func mean(_ sum: UInt64, _ count: UInt64) -> String {
    let tenths = (sum &* 10 &+ count / 2) / count
    return "\(grouped(tenths / 10)).\(tenths % 10)"
  }
}
