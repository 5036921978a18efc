import Debugger
import Hypervisor
import RISCV

/// The living units of translated code, by the guest's addresses, and how their stubs are linked: for pictures.
struct UnitGraph {
  struct Node {
    var unit: TranslatedUnit
    var key: TranslatedUnit.Key
    /// `supervisor_start+10`; the address where no symbol is known.
    var name: String
    /// How often it was entered.
    var heat: UInt64
    /// From 0 to 4, 4 being the hottest.
    var level = 0
  }

  struct Edge: Equatable {
    /// Places among the nodes.
    var from: Int
    var to: Int
    /// It goes by the jump table.
    var looksUp: Bool
  }

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []
  /// Living units, those that are not shown among them.
  let total: Int

  /// The `most` hottest units.
  init(_ cache: CodeCache, _ session: Session, most: Int) {
    let all = cache.units.compactMap { unit in
      unit.isLive ? unit.key.map { Node(unit: unit, key: $0, name: "", heat: cache.entries(of: unit)) } : nil
    }
    total = all.count
    let links = Self.links(all)
    // Of two that are equally hot the older one.
    let hottest = all.indices.sorted { (all[$1].heat, $0) < (all[$0].heat, $1) }.prefix(most)
    let shown = hottest.sorted { (all[$0].key.pc, all[$0].unit.number) < (all[$1].key.pc, all[$1].unit.number) }
    let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
    let highest = max(shown.map { all[$0].heat }.max() ?? 0, 1)
    nodes = shown.map { index in
      var node = all[index]
      node.name = session.symbolText(node.key.pc) ?? hex(node.key.pc)
      node.level = Int(Self.share(node.heat, of: highest) * 4.99)
      return node
    }
    edges = links.compactMap { link in
      guard let from = places[link.from], let to = places[link.to] else { return nil }
      return Edge(from: from, to: to, looksUp: link.looksUp)
    }
  }

  /// How the stubs of units lead from one to another.
  private static func links(_ all: [Node]) -> [Edge] {
    let byNumber = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.unit.number, $0) })
    let byAddress = Dictionary(grouping: all.indices) { all[$0].key.pc }
    return all.indices.flatMap { index in
      all[index].unit.stubs.flatMap { stub -> [Edge] in
        guard let link = stub.link else { return [] }
        guard link.looksUp else { return byNumber[link.unit].map { [Edge(from: index, to: $0, looksUp: false)] } ?? [] }
        return (byAddress[stub.target] ?? []).filter { all[$0].key.mode == all[index].key.mode }
          .map { Edge(from: index, to: $0, looksUp: true) }
      }
    }
  }

  /// Heat as a part of the highest one, from 0 to 1, by its logarithm.
  static func share(_ heat: UInt64, of highest: UInt64) -> Double {
    func logarithm(_ number: UInt64) -> Double {
      let value = Double(number) + 1
      return Double(value.exponent) + value.significand - 1
    }
    return logarithm(heat) / logarithm(max(highest, 1))
  }

  /// `200 of 812 units, the hottest, with 312 chains`
  var extent: String {
    let count = grouped(UInt64(nodes.count))
    let part = nodes.count < total ? "\(count) of \(grouped(UInt64(total))) units, the hottest" : "\(count) units, all"
    return "\(part), with \(grouped(UInt64(edges.count))) chains"
  }

  /// For Graphviz.
  var dot: String {
    let colours = ["#f2f4f7", "#f7e3b5", "#f0b978", "#e0804c", "#c8472f"]
    let lines = nodes.map { node in
      let size = "\(UnitRendering.instructions(node.unit.guest.count)), tc:\(hex(UInt64(node.unit.offset)))"
      let label =
        "unit \(node.unit.number)  \(node.key.mode.letter)\\n\(Self.quoted(node.name))\\n\(size)\\n\(UnitRendering.entered(node.heat))"
      let ink = node.level == 4 ? ", fontcolor=\"#ffffff\"" : ""
      return "  u\(node.unit.number) [label=\"\(label)\", fillcolor=\"\(colours[node.level])\"\(ink)];"
    }
    let arrows = edges.map { edge in
      "  u\(nodes[edge.from].unit.number) -> u\(nodes[edge.to].unit.number)\(edge.looksUp ? " [style=dashed]" : "");"
    }
    return """
      // The translation cache: \(extent). Dashed: by the jump table.
      digraph tc {
        node [shape=box, style=filled, fontname="monospace"];
      \((lines + arrows).joined(separator: "\n"))
      }

      """
  }

  private static func quoted(_ text: String) -> String {
    text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
  }
}
