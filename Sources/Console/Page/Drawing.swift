import Debugger

/// A picture in SVG, drawn from the top down: elements with the classes that the page's style gives colours to.
///
/// It has a title and a description for whoever does not see it; the numbers stand in a table beside it.
package struct Drawing {
  /// Of every picture, in its own units.
  package static let width = 760.0
  /// Of the element in its page.
  package let identifier: String
  package let title: String
  package let description: String
  package var height: Double
  private var elements: [String] = []
  private var areaCount = 0

  /// An empty picture.
  package init(_ identifier: String, title: String, description: String, height: Double) {
    self.identifier = identifier
    self.title = title
    self.description = description
    self.height = height
  }

  /// Which part of a text stands at its place.
  package enum Anchor: String { case start, middle, end }

  /// A text on one line.
  package mutating func text(_ text: String, x: Double, y: Double, _ anchor: Anchor = .start, style: String = "") {
    elements.append(
      "<text x=\"\(x.short)\" y=\"\(y.short)\" text-anchor=\"\(anchor.rawValue)\"\(Self.style(style))>\(text.escaped)</text>"
    )
  }

  /// A rectangle, from its top left.
  package struct Rectangle {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    fileprivate var attributes: String {
      "x=\"\(x.short)\" y=\"\(y.short)\" width=\"\(width.short)\" height=\"\(height.short)\""
    }
    fileprivate var outline: String { "M\(x.short) \(y.short)h\(width.short)v\(height.short)h\((-width).short)Z" }
  }

  /// A filled rectangle; `hint` shows where a pointer rests on it. The colours of layers come with their hatching.
  package mutating func bar(x: Double, y: Double, width: Double, height: Double, style: String, hint: String = "") {
    guard width > 0, height > 0 else { return }
    let place = Rectangle(x: x, y: y, width: width, height: height).attributes
    let title = hint.isEmpty ? "" : "<title>\(hint.escaped)</title>"
    guard let hatching = PageStyle.hatching(style) else {
      elements.append("<rect \(place)\(Self.style(style))>\(title)</rect>")
      return
    }
    // An inner picture cuts off what reaches beyond it.
    elements.append(
      "<svg \(place)>\(title)<rect width=\"100%\" height=\"100%\"\(Self.style(style))/><use href=\"#\(hatching)\"/></svg>"
    )
  }

  /// Many rectangles of one colour, as one shape, all below `y`.
  package mutating func area(_ parts: [Rectangle], y: Double, style: String) {
    guard !parts.isEmpty else { return }
    let outline = parts.map(\.outline).joined()
    elements.append("<path d=\"\(outline)\"\(Self.style(style))/>")
    guard let hatching = PageStyle.hatching(style) else { return }
    areaCount += 1
    let clip = "\(identifier)-area\(areaCount)"
    let bottom = parts.map { $0.y + $0.height }.max()!
    let pieces = stride(from: y, to: bottom, by: Double(PageStyle.hatchHeight)).map {
      "<use href=\"#\(hatching)\" y=\"\($0.short)\"/>"
    }
    elements.append(
      "<clipPath id=\"\(clip)\"><path d=\"\(outline)\"/></clipPath><g clip-path=\"url(#\(clip))\">"
        + pieces.joined() + "</g>")
  }

  /// A straight line.
  package mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, style: String) {
    elements.append(
      "<line x1=\"\(x1.short)\" y1=\"\(y1.short)\" x2=\"\(x2.short)\" y2=\"\(y2.short)\"\(Self.style(style))/>")
  }

  /// An outline in SVG's own commands.
  package mutating func path(_ commands: String, style: String, hint: String = "") {
    let title = hint.isEmpty ? "" : "<title>\(hint.escaped)</title>"
    elements.append("<path d=\"\(commands)\"\(Self.style(style))>\(title)</path>")
  }

  /// One of ``shapeCount`` marks around a point, told apart by shape.
  package mutating func mark(_ index: Int, x: Double, y: Double, style: String, hint: String = "") {
    path(Self.shape(index, x, y), style: style, hint: hint)
  }

  private static func shape(_ index: Int, _ x: Double, _ y: Double) -> String {
    let r = 5.0
    func polygon(_ points: [(Double, Double)]) -> String {
      "M" + points.map { "\((x + $0.0 * r).short) \((y + $0.1 * r).short)" }.joined(separator: "L") + "Z"
    }
    switch index % 7 {
    case 0: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 1: return polygon([(0, -1.2), (1.1, 0.9), (-1.1, 0.9)])
    case 2: return polygon([(0, -1.3), (1.2, 0), (0, 1.3), (-1.2, 0)])
    case 3:
      let side = "\(r.short) \(r.short) 0 1 0"
      return "M\((x - r).short) \(y.short)a\(side) \((2 * r).short) 0a\(side) \((-2 * r).short) 0Z"
    case 4: return polygon([(0, 1.2), (1.1, -0.9), (-1.1, -0.9)])
    case 5:
      return polygon([
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
        (-0.4, 0.4),
        (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
      ])
    default: return polygon([(-1.2, -0.5), (1.2, -0.5), (1.2, 0.5), (-1.2, 0.5)])
    }
  }

  private static func style(_ style: String) -> String { style.isEmpty ? "" : " class=\"\(style)\"" }

  /// The element for the page.
  package var markup: String {
    """
    <svg role="img" aria-labelledby="\(identifier)-title \(identifier)-text" \
    viewBox="0 0 \(Self.width.short) \(height.short)">
    <title id="\(identifier)-title">\(title.escaped)</title>
    <desc id="\(identifier)-text">\(description.escaped)</desc>
    \(elements.joined(separator: "\n"))
    </svg>
    """
  }

  /// About what a text of the page's small size takes.
  package static func textWidth(_ text: String) -> Double { Double(text.count) * 6.6 }
}

extension Double {
  /// With at most two decimal places.
  package var short: String {
    let text = printfDouble("%.2f", self)
    var end = text.endIndex
    while text[text.index(before: end)] == "0" { end = text.index(before: end) }
    if text[text.index(before: end)] == "." { end = text.index(before: end) }
    return String(text[..<end])
  }
}

extension String {
  /// As text of a page, or the value of an attribute.
  package var escaped: String {
    reduce(into: "") { text, character in
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      default: text.append(character)
      }
    }
  }
}
