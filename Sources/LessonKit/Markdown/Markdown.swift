import CCommonMark

/// A block of a CommonMark document.
package indirect enum MarkdownBlock: Sendable, Equatable {
  case heading(level: Int, [MarkdownInline])
  case paragraph([MarkdownInline])
  /// `start` is the first number of an ordered list, nil for bullets.
  case list(start: Int?, items: [[MarkdownBlock]])
  case quote([MarkdownBlock])
  /// A code block; `info` is what stands behind the fence, empty for an indented one.
  case code(info: String, text: String)
  case table(header: [[MarkdownInline]], rows: [[[MarkdownInline]]])
  case rule
  /// HTML, which no terminal shows.
  case html(String)
}

/// A part of a line of a CommonMark document.
package indirect enum MarkdownInline: Sendable, Equatable {
  case text(String)
  case code(String)
  case emphasis([MarkdownInline])
  case strong([MarkdownInline])
  case link([MarkdownInline], destination: String)
  /// The source's line ends; the reader's need not.
  case softBreak
  case hardBreak

  /// The words alone.
  package var plain: String {
    switch self {
    case .text(let text), .code(let text): text
    case .emphasis(let parts), .strong(let parts), .link(let parts, _): parts.map { $0.plain }.joined()
    case .softBreak, .hardBreak: " "
    }
  }
}

/// A block with the line on which it begins, from 1.
package struct LocatedBlock: Sendable, Equatable {
  package var line: Int
  package var block: MarkdownBlock
}

/// CommonMark with tables, read by cmark-gfm.
package enum Markdown {
  /// The blocks of a document. `firstLine` is the number of the text's first line in its file.
  package static func parse(_ text: String, firstLine: Int = 1) -> [LocatedBlock] {
    var text = text
    let document = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { vitrine_commonmark_parse($0.baseAddress, $0.count) }
    }
    guard let document else { return [] }
    defer { cmark_node_free(document) }
    return children(of: document).map {
      LocatedBlock(line: Int(cmark_node_get_start_line($0)) + firstLine - 1, block: block($0))
    }
  }

  private typealias Node = OpaquePointer

  private static func children(of node: Node) -> [Node] {
    var result: [Node] = []
    var child = cmark_node_first_child(node)
    while let next = child {
      result.append(next)
      child = cmark_node_next(next)
    }
    return result
  }

  private static func kind(_ node: Node) -> String { String(cString: cmark_node_get_type_string(node)) }

  private static func literal(_ node: Node) -> String {
    cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
  }

  private static func block(_ node: Node) -> MarkdownBlock {
    let children = children(of: node)
    switch kind(node) {
    case "heading": return .heading(level: Int(cmark_node_get_heading_level(node)), children.map(inline))
    case "paragraph": return .paragraph(children.map(inline))
    case "list":
      let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
      return .list(
        start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil,
        items: children.map { self.children(of: $0).map(block) })
    case "block_quote": return .quote(children.map(block))
    case "code_block":
      return .code(info: String(cString: cmark_node_get_fence_info(node)), text: literal(node))
    case "table":
      let rows = children.map { row in self.children(of: row).map { self.children(of: $0).map(inline) } }
      return .table(header: rows.first ?? [], rows: Array(rows.dropFirst()))
    case "thematic_break": return .rule
    default: return .html(literal(node))
    }
  }

  private static func inline(_ node: Node) -> MarkdownInline {
    let children = children(of: node).map(inline)
    switch kind(node) {
    case "text", "html_inline": return .text(literal(node))
    case "code": return .code(literal(node))
    case "emph": return .emphasis(children)
    case "strong": return .strong(children)
    case "link", "image":
      return .link(children, destination: cmark_node_get_url(node).map { String(cString: $0) } ?? "")
    case "softbreak": return .softBreak
    case "linebreak": return .hardBreak
    default: return .text(children.map { $0.plain }.joined())
    }
  }
}
