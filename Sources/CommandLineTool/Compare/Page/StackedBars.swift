import Console
import Debugger
import RISCV

/// Bars of parts, one below the other: the same parts in the same order in each.
///
/// Where one bar would make all others too short to be read, it is torn off, and says how long it is.
struct StackedBars {
  struct Part {
    var name: String
    /// Class of its colour and pattern.
    var style: String
  }

  var identifier: String
  var title: String
  var description: String
  var unit: String
  var parts: [Part]
  var bars: [(name: String, values: [UInt64])]

  private static let rowHeight = 34.0
  private static let barHeight = 22.0
  private static let top = 12.0

  /// How far the axis goes.
  private var most: Double {
    let totals = bars.map { Double($0.values.reduce(0, &+)) }.sorted(by: >)
    guard let largest = totals.first else { return 1 }
    let next = totals.dropFirst().first { $0 > 0 } ?? largest
    return largest > 4 * next && next > 0 ? next * 1.25 : largest
  }

  var drawing: Drawing {
    let left = (bars.map { Drawing.textWidth($0.name) }.max() ?? 0) + 14
    let legend = Legend(parts.map { ($0.name, $0.style) })
    let bottom = Self.top + Double(bars.count) * Self.rowHeight
    var drawing = Drawing(
      identifier, title: title, description: description, height: bottom + 46 + legend.height)
    let room = Drawing.width - left - 124
    let axis = Axis(upTo: most, start: left, length: room)
    for tick in axis.ticks {
      let x = axis.place(tick)
      drawing.line(x1: x, y1: Self.top - 6, x2: x, y2: bottom, style: "grid")
      drawing.text(Axis.short(tick), x: x, y: bottom + 16, .middle, style: "small")
    }
    drawing.text(unit, x: left + room / 2, y: bottom + 34, .middle, style: "small")
    for (row, bar) in bars.enumerated() {
      let y = Self.top + Double(row) * Self.rowHeight + (Self.rowHeight - Self.barHeight) / 2
      draw(bar, y: y, axis, left: left, &drawing)
    }
    legend.draw(at: left, bottom + 46, &drawing)
    return drawing
  }

  private func draw(
    _ bar: (name: String, values: [UInt64]), y: Double, _ axis: Axis, left: Double, _ drawing: inout Drawing
  ) {
    let middle = y + Self.barHeight / 2 + 4
    drawing.text(bar.name, x: left - 8, y: middle, .end)
    let total = bar.values.reduce(0, &+)
    var sum = 0.0
    for (part, value) in zip(parts, bar.values) where value > 0 {
      let (start, end) = (axis.place(min(sum, axis.end)), axis.place(min(sum + Double(value), axis.end)))
      sum += Double(value)
      let hint = "\(bar.name), \(part.name): \(grouped(value))"
      drawing.bar(x: start, y: y, width: end - start, height: Self.barHeight, style: part.style, hint: hint)
      let label = Axis.short(Double(value))
      if end - start > Drawing.textWidth(label) + 10 {
        drawing.text(label, x: (start + end) / 2, y: middle, .middle, style: "on-bar small")
      }
    }
    let isTorn = Double(total) > axis.end
    let end = axis.place(min(Double(total), axis.end))
    if isTorn {
      let (top, step) = (y - 2, (Self.barHeight + 4) / 4)
      let zigzag = (0...4).map { "\((end - ($0 % 2 == 0 ? 3 : 9)).short) \((top + Double($0) * step).short)" }
      drawing.path("M" + zigzag.joined(separator: "L"), style: "tear")
    }
    let label = total == 0 ? "none" : Axis.short(Double(total)) + (isTorn ? " (torn off)" : "")
    drawing.text(label, x: end + 6, y: middle, style: "strong small")
  }
}

/// What colours and patterns stand for, in lines of boxes with words.
struct Legend {
  private let items: [(name: String, style: String)]
  private static let lineHeight = 20.0
  private static let room = Drawing.width - 130

  init(_ items: [(String, String)]) { self.items = items }

  /// Places of the items, from the top left.
  private var places: [(x: Double, y: Double)] {
    var (x, y) = (0.0, 0.0)
    return items.map { item in
      let width = Drawing.textWidth(item.name) + 34
      if x + width > Self.room, x > 0 { (x, y) = (0, y + Self.lineHeight) }
      defer { x += width }
      return (x, y)
    }
  }

  var height: Double { (places.last?.y ?? 0) + Self.lineHeight }

  func draw(at x: Double, _ y: Double, _ drawing: inout Drawing) {
    for (item, place) in zip(items, places) {
      drawing.bar(x: x + place.x, y: y + place.y, width: 13, height: 13, style: item.style)
      drawing.text(item.name, x: x + place.x + 19, y: y + place.y + 11, style: "small")
    }
  }
}
