import Console
import Debugger
import Hypervisor

/// What one time of each operation takes, on a logarithmic scale: a row an operation, a mark a technique.
struct OperationChart {
  var operations: [(name: String, values: [Double?])]
  var techniques: [String]

  private static let rowHeight = 30.0
  private static let top = 14.0

  var drawing: Drawing {
    let left = (operations.map { Drawing.textWidth($0.name) }.max() ?? 0) + 14
    let bottom = Self.top + Double(operations.count) * Self.rowHeight
    let legendHeight = 20.0 * ((Double(techniques.count) / 3).rounded(.up))
    var drawing = Drawing(
      "operations", title: "Host cycles of one operation, logarithmic",
      description:
        "For each operation of the guest a row with a mark for each technique at the host cycles that one time takes. "
        + "The table below has the numbers.", height: bottom + 46 + legendHeight)
    let values = operations.flatMap { $0.values.compactMap(\.self) }
    let axis = Axis(
      logarithmicFrom: values.min() ?? 1, to: values.max() ?? 10, start: left + 8, length: Drawing.width - left - 24)
    for tick in axis.ticks {
      let x = axis.place(tick)
      drawing.line(x1: x, y1: Self.top - 6, x2: x, y2: bottom, style: "grid")
      drawing.text(Axis.short(tick), x: x, y: bottom + 16, .middle, style: "small")
    }
    drawing.text(
      "host cycles, each line ten times the one before", x: (left + Drawing.width) / 2, y: bottom + 34, .middle,
      style: "small")
    for (row, operation) in operations.enumerated() {
      let y = Self.top + (Double(row) + 0.5) * Self.rowHeight
      drawing.text(operation.name, x: left - 8, y: y + 4, .end)
      let places = operation.values.map { $0.map(axis.place) }
      let known = places.compactMap(\.self)
      if let first = known.min(), let last = known.max() {
        drawing.line(x1: first, y1: y, x2: last, y2: y, style: "span")
      }
      for (index, x) in places.enumerated() {
        guard let x, let value = operation.values[index] else { continue }
        // Marks that would hide each other are spread a little, up and down.
        let near = places[..<index].compactMap(\.self).count { abs($0 - x) < 8 }
        let shift = [0, -7, 7, -10, 10][near % 5]
        let hint = "\(operation.name), \(techniques[index]): \(printfDouble("%.1f", value)) host cycles"
        drawing.mark(index, x: x, y: y + Double(shift), style: "t\(index % 7) mark", hint: hint)
      }
    }
    for (index, name) in techniques.enumerated() {
      let (x, y) = (left + Double(index % 3) * 205, bottom + 54 + 20 * Double(index / 3))
      drawing.mark(index, x: x + 8, y: y, style: "t\(index % 7) mark")
      drawing.text(name, x: x + 20, y: y + 4, style: "small")
    }
    return drawing
  }
}
