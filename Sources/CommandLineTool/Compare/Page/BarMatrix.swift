import Console
import RISCV

/// Bars in rows and columns, all of one scale: how often each of many things happened, under each of several techniques.
struct BarMatrix {
  var identifier: String
  var title: String
  var description: String
  /// Names, and which of the page's colours each has.
  var columns: [(name: String, color: Int)]
  var rows: [(name: String, values: [UInt64])]

  private static let rowHeight = 24.0

  var drawing: Drawing {
    let left = (rows.map { Drawing.textWidth($0.name) }.max() ?? 0) + 14
    let heads = columns.map { $0.name.split(separator: "/").map(String.init) }
    let top = 10 + 15 * Double(heads.map(\.count).max() ?? 1)
    var drawing = Drawing(
      identifier, title: title, description: description, height: top + Double(rows.count) * Self.rowHeight + 12)
    let columnWidth = (Drawing.width - left) / Double(max(columns.count, 1))
    let most = Double(rows.flatMap(\.values).max() ?? 1)
    let labelWidth = Drawing.textWidth(grouped(UInt64(most))) + 8
    let room = max(columnWidth - labelWidth - 12, 8)
    for (index, head) in heads.enumerated() {
      let x = left + Double(index) * columnWidth
      for (line, text) in head.enumerated() {
        let part = line == 0 ? text : "/" + text
        drawing.text(part, x: x, y: top - 8 - 15 * Double(head.count - 1 - line), style: "small strong")
      }
      drawing.line(x1: x, y1: top, x2: x, y2: top + Double(rows.count) * Self.rowHeight, style: "base")
    }
    for (number, row) in rows.enumerated() {
      let y = top + Double(number) * Self.rowHeight
      drawing.text(row.name, x: left - 8, y: y + 16, .end)
      for (index, value) in row.values.enumerated() {
        let x = left + Double(index) * columnWidth
        let width = value == 0 ? 0 : max(Double(value) / max(most, 1) * room, 1)
        let hint = "\(columns[index].name), \(row.name): \(grouped(value))"
        drawing.bar(x: x, y: y + 5, width: width, height: 14, style: "t\(columns[index].color % 7)", hint: hint)
        let label = value == 0 ? "–" : grouped(value)
        drawing.text(label, x: x + width + 5, y: y + 16, style: value == 0 ? "small faint" : "small")
      }
    }
    return drawing
  }
}
