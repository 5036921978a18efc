import Debugger
import Hypervisor
import RISCV

/// A graph of units as a page: a row for each unit in the order of the guest's addresses, with a bar for its heat, and arcs for
/// chains at the side; below it the table.
struct UnitPage {
  let graph: UnitGraph

  init(_ graph: UnitGraph) { self.graph = graph }

  private static let rowHeight = 16.0
  private static let top = 52.0
  private static let (barStart, barWidth) = (330.0, 110.0)
  /// Where arcs begin and end, and how far they may reach.
  private static let (arcStart, arcRoom) = (486.0, 260.0)

  var text: String {
    let caption =
      "A row is a unit, in the order of the guest's addresses; its bar is its heat: how often it was entered, on a logarithmic scale. An arc is a "
      + "stub that is linked, from unit to unit: dashed where it looks for the unit in the jump table. Jumps to computed addresses "
      + "leave none."
    return Page(
      title: "The translation cache",
      body: [
        "<p class=\"lead\">\(graph.extent.capitalizedFirst.escaped).</p>",
        Page.section("Units and chains", caption, drawing, [table]),
      ]
    ).text
  }

  private func y(_ row: Int) -> Double { Self.top + (Double(row) + 0.5) * Self.rowHeight }

  private var drawing: Drawing {
    var drawing = Drawing(
      "units", title: "Units of translated code and their chains",
      description:
        "A row for each unit with a bar for its heat, and arcs from unit to unit. The table below has the same in words.",
      height: Self.top + Double(graph.nodes.count) * Self.rowHeight + 12)
    drawing.text("guest's code", x: 0, y: Self.top - 8, style: "small strong")
    drawing.text("unit", x: Self.barStart - 8, y: Self.top - 8, .end, style: "small strong")
    drawing.text("heat", x: Self.barStart, y: Self.top - 8, style: "small strong")
    for (index, (name, style)) in [
      ("to a later address", "arc"), ("to an earlier one", "arc arc-back"), ("by the jump table", "arc arc-lookup"),
    ].enumerated() {
      let x = 90 + Double(index) * 200
      drawing.path("M\(x.short) 10h28", style: style)
      drawing.text(name, x: x + 36, y: 14, style: "small")
    }
    let highest = graph.nodes.map(\.heat).max() ?? 1
    for (row, node) in graph.nodes.enumerated() { draw(node, row, highest, &drawing) }
    for edge in graph.edges { draw(edge, &drawing) }
    return drawing
  }

  private func draw(_ node: UnitGraph.Node, _ row: Int, _ highest: UInt64, _ drawing: inout Drawing) {
    let middle = y(row)
    drawing.text(Self.short(node.name), x: 0, y: middle + 4, style: "small")
    drawing.text("\(node.unit.number)", x: Self.barStart - 8, y: middle + 4, .end, style: "small faint")
    let share = UnitGraph.share(node.heat, of: highest)
    let hint =
      "unit \(node.unit.number), \(node.name), \(node.key.mode.letter), tc:\(hex(UInt64(node.unit.offset))): "
      + UnitRendering.entered(node.heat)
    let width = max(share * Self.barWidth, 1)
    drawing.bar(x: Self.barStart, y: middle - 6, width: width, height: 12, style: "heat-\(node.level)", hint: hint)
    drawing.text(grouped(node.heat), x: Self.barStart + width + 4, y: middle + 4, style: "small")
  }

  /// A name that fits its column, with its offset.
  private static func short(_ name: String) -> String {
    let most = 42
    guard name.count > most, let plus = name.lastIndex(of: "+") else { return String(name.prefix(most)) }
    return name.prefix(max(most - 1 - name[plus...].count, 0)) + "…" + name[plus...]
  }

  private func draw(_ edge: UnitGraph.Edge, _ drawing: inout Drawing) {
    // An arc leaves at the lower part of its row and comes at the upper one, so that both can be told apart.
    let (start, end) = (y(edge.from) + 3, y(edge.to) - 3)
    let distance = Double(abs(edge.to - edge.from) + 1)
    let reach = Self.arcStart + min(Self.arcRoom, 12 + 120 * UnitGraph.share(UInt64(distance), of: 32))
    let x = Self.arcStart.short
    let back = edge.to <= edge.from ? " arc-back" : ""
    let names = "unit \(graph.nodes[edge.from].unit.number) to unit \(graph.nodes[edge.to].unit.number)"
    drawing.path(
      "M\(x) \(start.short)C\(reach.short) \(start.short) \(reach.short) \(end.short) \(x) \(end.short)",
      style: "arc\(back)\(edge.looksUp ? " arc-lookup" : "")", hint: names)
    drawing.path(
      "M\((Self.arcStart - 1).short) \(end.short)l6 -3v6Z", style: "arc-head\(back.isEmpty ? "" : " arc-head-back")")
  }

  private var table: PageTable {
    var sources = [[String]](repeating: [], count: graph.nodes.count)
    var targets = sources
    for edge in graph.edges {
      let mark = edge.looksUp ? "*" : ""
      sources[edge.to].append("\(graph.nodes[edge.from].unit.number)\(mark)")
      targets[edge.from].append("\(graph.nodes[edge.to].unit.number)\(mark)")
    }
    return PageTable(
      caption: "The same units; a star is a way by the jump table",
      heads: [
        "guest's code", "unit", "mode", "address", "in the cache", "instructions", "of the cache", "entered",
        "from", "to",
      ],
      rows: graph.nodes.enumerated().map { row, node in
        [
          node.name, "\(node.unit.number)", node.key.mode.letter, hex(node.key.pc),
          "tc:" + hex(UInt64(node.unit.offset)),
          "\(node.unit.guest.count)", "\(node.unit.code.count - 2 * node.unit.stubs.count)", grouped(node.heat),
          sources[row].joined(separator: " "),
          targets[row].joined(separator: " "),
        ]
      }, words: [8, 9])
  }
}
