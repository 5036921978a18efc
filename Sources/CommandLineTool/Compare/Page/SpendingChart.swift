import Console
import Debugger
import Hypervisor

/// What the host's cycles went into in the course of the run: below one another a panel for each technique, all of one scale, with
/// a column for each stretch of as many instructions of the guest.
struct SpendingChart {
  var columns: [(technique: String, timeline: Timeline)]

  private static let (left, top, room) = (62.0, 34.0, Drawing.width - 72)
  private static let (panelHeight, gap) = (84.0, 30.0)

  /// What there is to show.
  var parts: [Spending] {
    Spending.allCases.filter { part in
      columns.contains { $0.timeline.stretches(1).contains { $0.cycles(where: part.isIncluded) > 0 } }
    }
  }

  var drawing: Drawing {
    let parts = parts
    let legend = Legend(parts.map { ($0.name, $0.style) })
    let bottom = Self.top + Double(columns.count) * (Self.panelHeight + Self.gap)
    var drawing = Drawing(
      "spending", title: "What host cycles went into, in time",
      description:
        "A panel for each technique: host cycles for each instruction of the guest in each stretch of the run, in parts by what "
        + "they went into. The tables below have the numbers of fewer stretches.",
      height: bottom + 26 + legend.height)
    let stretches = columns.map { $0.timeline.stretches(TimelineChart.stretchCount) }
    let most = stretches.joined().map { $0.rate() }.max() ?? 1
    let last = Double(stretches.compactMap { $0.last?.end }.max() ?? 1)
    let across = Axis(upTo: last, endsThere: true, start: Self.left, length: Self.room)
    drawing.text("host cycles for each instruction of the guest", x: Self.left, y: Self.top - 22, style: "small")
    for (row, column) in columns.enumerated() {
      let top = Self.top + Double(row) * (Self.panelHeight + Self.gap)
      let axis = Axis(upTo: most, start: 0, length: Self.panelHeight)
      drawing.text(column.technique, x: Self.left, y: top - 5, style: "small strong")
      for tick in axis.ticks {
        let y = top + Self.panelHeight - axis.place(tick)
        drawing.line(x1: Self.left, y1: y, x2: Self.left + Self.room, y2: y, style: "grid")
        drawing.text(Axis.short(tick), x: Self.left - 8, y: y + 4, .end, style: "small")
      }
      draw(stretches[row], parts, top, axis, across, &drawing)
    }
    drawing.instructions(across, y: bottom - 14)
    legend.draw(at: Self.left, bottom + 22, &drawing)
    return drawing
  }

  private func draw(
    _ stretches: [Timeline.Stretch], _ parts: [Spending], _ top: Double, _ axis: Axis, _ across: Axis,
    _ drawing: inout Drawing
  ) {
    var areas = parts.map { _ in [Drawing.Rectangle]() }
    for stretch in stretches {
      let x = across.place(Double(stretch.start))
      let width = across.place(Double(stretch.end)) - x
      var y = top + Self.panelHeight
      for (index, part) in parts.enumerated() {
        let height = axis.place(stretch.rate(where: part.isIncluded))
        guard height > 0 else { continue }
        y -= height
        areas[index].append(.init(x: x, y: y, width: width + 0.4, height: height))
      }
    }
    for (part, area) in zip(parts, areas) { drawing.area(area, y: top, style: part.style) }
  }
}
