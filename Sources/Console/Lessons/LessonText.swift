import LessonKit

/// A lesson's text for a terminal: wrapped to its width, readable without colour and aloud.
package struct LessonText {
  /// Characters of a line.
  let width: Int
  let style: Style

  package init(width: Int, style: Style) { (self.width, self.style) = (max(30, min(width, 88)), style) }

  /// One piece of a line that is not broken, without the blank behind it.
  private struct Word {
    var text: String
    var role: Style.Role?
    /// It stands right behind the one before it.
    var isGlued = false
  }

  package func lines(_ blocks: [MarkdownBlock]) -> [String] {
    var lines: [String] = []
    for block in blocks {
      if !lines.isEmpty { lines.append("") }
      lines += self.lines(block, width: width)
    }
    return lines
  }

  func lines(_ block: MarkdownBlock, width: Int) -> [String] {
    switch block {
    case .heading(_, let parts): return wrap(parts, width).map { style.paint($0, .title) }
    case .paragraph(let parts): return wrap(parts, width)
    case .code(_, let text):
      return text.split(separator: "\n", omittingEmptySubsequences: false).reversed().drop { $0.isEmpty }.reversed()
        .map { "    " + $0 }
    case .quote(let blocks): return blocks.flatMap { lines($0, width: width - 2) }.map { "  " + $0 }
    case .rule: return [String(repeating: "-", count: min(20, width))]
    case .html(let text): return [text]
    case .list(let start, let items):
      var result: [String] = []
      for (index, item) in items.enumerated() {
        let mark = start.map { "\($0 + index). " } ?? "- "
        let inner = item.flatMap { lines($0, width: width - mark.count) }
        for (number, line) in inner.enumerated() {
          result.append((number == 0 ? mark : String(repeating: " ", count: mark.count)) + line)
        }
      }
      return result
    case .table(let header, let rows): return table(header, rows, width)
    }
  }

  /// Columns, made narrower and their cells broken where they do not fit; where even that leaves too little, a line for each cell
  /// with the column's name.
  private func table(_ header: [[MarkdownInline]], _ rows: [[[MarkdownInline]]], _ width: Int) -> [String] {
    let names = header.map { plain($0) }
    let cells = rows.map { row in row.map { plain($0) } }
    var widths = names.indices.map { column in
      max(names[column].count, cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
    }
    let room = width - 2 * (widths.count - 1)
    while widths.reduce(0, +) > room, let widest = widths.max(), widest > 12 {
      widths[widths.firstIndex(of: widest)!] -= 1
    }
    guard widths.reduce(0, +) <= room else { return cellByCell(names, rows, width) }
    func lines(_ row: [String]) -> [String] {
      let columns = zip(row, widths).map { wrap([.text($0)], $1) }
      return (0..<(columns.map(\.count).max() ?? 0)).map { line in
        zip(columns, widths).map { (line < $0.count ? $0[line] : "").padded($1) }.joined(separator: "  ").trimmedEnd
      }
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return lines(names).map { style.paint($0, .title) } + [rule] + cells.flatMap(lines)
  }

  /// The first column leads the others.
  private func cellByCell(_ names: [String], _ rows: [[[MarkdownInline]]], _ width: Int) -> [String] {
    rows.flatMap { row -> [String] in
      zip(names, row).enumerated().flatMap { index, pair -> [String] in
        let (name, cell) = pair
        let lead = name.isEmpty ? "" : name + ": "
        let mark = index == 0 ? "- " : "  "
        let wrapped = wrap([.text(lead)] + cell, width - 4)
        return wrapped.enumerated().map { ($0 == 0 ? mark : "    ") + $1 }
      }
    }
  }

  private func plain(_ parts: [MarkdownInline]) -> String {
    parts.map { if case .code(let text) = $0 { "`\(text)`" } else { $0.plain } }.joined()
  }

  // MARK: Lines

  /// A text with marks such as `…` in it.
  package func paragraph(_ text: String) -> [String] { lines(Markdown.parse(text).map(\.block)) }

  package func wrap(_ text: String) -> [String] { wrap([.text(text)], width) }

  func wrap(_ parts: [MarkdownInline], _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var length = 0
    for word in words(parts) {
      if word.text == "\n" {
        lines.append(line)
        (line, length) = ("", 0)
        continue
      }
      let gap = length == 0 || word.isGlued ? 0 : 1
      if length > 0, length + gap + word.text.count > width, !word.isGlued {
        lines.append(line)
        (line, length) = ("", 0)
      }
      if length > 0, gap == 1 { line += " " }
      line += word.role.map { style.paint(word.text, $0) } ?? word.text
      length += (length > 0 ? gap : 0) + word.text.count
    }
    if length > 0 { lines.append(line) }
    return lines
  }

  private func words(_ parts: [MarkdownInline], role: Style.Role? = nil) -> [Word] {
    var words: [Word] = []
    // Whether a blank stands before what comes next.
    var isApart = true
    func append(_ text: String, _ role: Style.Role?) {
      words.append(Word(text: text, role: role, isGlued: !isApart))
      isApart = false
    }
    func take(_ parts: [MarkdownInline], _ role: Style.Role?) {
      for part in parts {
        switch part {
        case .text(let text):
          var word = ""
          for character in text {
            if character == " " {
              if !word.isEmpty { append(word, role) }
              word = ""
              isApart = true
            } else {
              word.append(character)
            }
          }
          if !word.isEmpty { append(word, role) }
        case .code(let text): append("`\(text)`", role ?? .symbol)
        case .emphasis(let inner): take(inner, role)
        case .strong(let inner): take(inner, .title)
        case .link(let inner, let destination):
          take(inner, role)
          if destination.hasPrefix("http"), inner.map(\.plain).joined() != destination {
            isApart = true
            append("(\(destination))", role)
          }
        case .softBreak: isApart = true
        case .hardBreak:
          isApart = true
          append("\n", nil)
          isApart = true
        }
      }
    }
    take(parts, role)
    return words
  }
}
