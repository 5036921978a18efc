import Console
import Debugger
import Hypervisor

/// The run from its first instruction to its last: which boot stages ran, and what an instruction cost the host on the way.
struct TimelineChart {
  var techniques: [String]
  /// Of each technique, in the same order.
  var timelines: [Timeline]

  static let stretchCount = 60
  private static let (stripTop, stripHeight) = (22.0, 26.0)
  private static let (top, height) = (74.0, 190.0)
  private static let left = 62.0

  private struct Step {
    var start: Double
    var end: Double
    var rate: Double
  }

  var drawing: Drawing {
    let bottom = Self.top + Self.height
    let legend = Legend(Layer.guest.map { ($0.name, "layer-\($0.name)") })
    let room = Drawing.width - Self.left - 10
    let lines = Double((techniques.count + 2) / 3)
    var drawing = Drawing(
      "timeline", title: "The run, from the first instruction to the last",
      description:
        "Above, the share of each boot stage in each stretch of the run. Below, host cycles for each instruction of the guest in "
        + "that stretch, logarithmic, a line for each technique. The table below has the numbers of fewer stretches.",
      height: bottom + 70 + lines * 20)
    let last = timelines.compactMap { $0.samples.last?.position }.max() ?? 1
    let across = Axis(upTo: Double(last), endsThere: true, start: Self.left, length: room)
    func place(_ position: UInt64) -> Double { across.place(Double(position)) }
    drawing.text("boot stages", x: Self.left, y: Self.stripTop - 8, style: "small")
    legend.draw(at: Self.left + 90, Self.stripTop - 19, &drawing)
    drawStages(place, &drawing)
    let steps = timelines.map { timeline in
      timeline.stretches(Self.stretchCount).map { stretch in
        Step(start: place(stretch.start), end: place(stretch.end), rate: stretch.rate())
      }
    }
    let rates = steps.flatMap { $0.map(\.rate) }
    let axis = Axis(logarithmicFrom: rates.min() ?? 1, to: rates.max() ?? 10, start: 0, length: Self.height)
    for tick in axis.ticks {
      let y = bottom - axis.place(tick)
      drawing.line(x1: Self.left, y1: y, x2: Self.left + room, y2: y, style: "grid")
      drawing.text(Axis.short(tick), x: Self.left - 8, y: y + 4, .end, style: "small")
    }
    drawing.text("host cycles for each instruction of the guest", x: Self.left, y: Self.top - 9, style: "small")
    drawing.instructions(across, y: bottom + 16)
    for (index, steps) in steps.enumerated() {
      var path = ""
      for step in steps {
        let y = (bottom - axis.place(step.rate)).short
        path += "\(path.isEmpty ? "M" : "L")\(step.start.short) \(y)L\(step.end.short) \(y)"
      }
      if !path.isEmpty { drawing.path(path, style: "line l\(index % 7)", hint: techniques[index]) }
      let (x, y) = (Self.left + Double(index % 3) * 225, bottom + 56 + 20 * Double(index / 3))
      drawing.path("M\(x.short) \(y.short)h28", style: "line l\(index % 7)")
      drawing.text(techniques[index], x: x + 36, y: y + 4, style: "small")
    }
    return drawing
  }

  /// Columns of the strip, parted by what the first technique's host did on behalf of each stage.
  private func drawStages(_ place: (UInt64) -> Double, _ drawing: inout Drawing) {
    var parts = Layer.guest.map { _ in [Drawing.Rectangle]() }
    for stretch in timelines[0].stretches(2 * Self.stretchCount) {
      let total = Double(max(stretch.cycles(), 1))
      let (x, width) = (place(stretch.start), place(stretch.end) - place(stretch.start))
      var y = Self.stripTop
      for (index, layer) in Layer.guest.enumerated() {
        let height = Double(stretch.cycles { $0.stage == layer }) / total * Self.stripHeight
        guard height > 0 else { continue }
        parts[index].append(.init(x: x, y: y, width: width + 0.4, height: height))
        y += height
      }
    }
    for (layer, parts) in zip(Layer.guest, parts) {
      drawing.area(parts, y: Self.stripTop, style: "layer-\(layer.name)")
    }
  }
}

extension Drawing {
  /// Writes the numbers of an axis that counts the guest's instructions, and what they are.
  mutating func instructions(_ axis: Axis, y: Double) {
    let (left, right) = (axis.place(0), axis.place(axis.end))
    for tick in axis.ticks {
      let x = axis.place(tick)
      let anchor: Anchor = tick == 0 ? .start : x > right - 20 ? .end : .middle
      text(Axis.short(tick), x: x, y: y, anchor, style: "small")
    }
    text("instructions of the guest", x: (left + right) / 2, y: y + 18, .middle, style: "small")
  }
}
