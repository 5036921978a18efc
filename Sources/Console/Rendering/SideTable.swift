/// Rows with a label and a cell for each column, made to fit a width: cells are broken into lines, and columns that find no room
/// stand in a block of their own below, with the labels again.
struct SideTable {
  var headers: [String]
  var rows: [(label: String, cells: [String])] = []
  /// Lines below that are about all columns.
  var spans: [(label: String, text: String)] = []
  /// What a cell needs at least, and gets at most.
  var cellWidth = 20...40

  private static let indent = 2
  private static let gap = 2

  /// The width to fit: the terminal's, or that of a line of this project.
  static func width(_ console: Console) -> Int { console.output.width ?? 120 }

  mutating func add(_ label: String, _ cells: [String]) { rows.append((label, cells)) }

  func lines(width: Int) -> [String] {
    let label = ((rows.map(\.label) + spans.map(\.label)).map(\.count).max() ?? 0) + Self.indent + Self.gap
    let room = max(width - label, cellWidth.lowerBound)
    let most = max(1, (room + Self.gap) / (cellWidth.lowerBound + Self.gap))
    let blocks = (headers.count + most - 1) / most
    // Of the same size, as far as they can be.
    let count = (headers.count + blocks - 1) / max(blocks, 1)
    let cell = min(max((room + Self.gap) / count - Self.gap, cellWidth.lowerBound), cellWidth.upperBound)
    var lines: [String] = []
    for start in stride(from: 0, to: headers.count, by: count) {
      let columns = start..<min(start + count, headers.count)
      if start > 0 { lines.append("") }
      lines += Self.line("", headers[columns].map { Self.broken($0, at: cell, behind: "/") }, label, cell)
      for row in rows {
        lines += Self.line(row.label, row.cells[columns].map { Self.broken($0, at: cell) }, label, cell)
      }
    }
    for span in spans { lines.append("  \(span.label)".padded(label) + span.text) }
    return lines
  }

  private static func line(_ label: String, _ cells: [[String]], _ width: Int, _ cell: Int) -> [String] {
    let height = max(1, cells.map(\.count).max() ?? 0)
    return (0..<height).map { index in
      let parts = cells.map { ($0.indices.contains(index) ? $0[index] : "").padded(cell + gap) }
      let head = String(repeating: " ", count: indent) + (index == 0 ? label : "")
      return (head.padded(width) + parts.joined()).trimmedEnd
    }
  }

  /// Lines of at most `width` characters, broken at blanks, or behind a separator that stays.
  static func broken(_ text: String, at width: Int, behind separator: Character = " ") -> [String] {
    var lines = [""]
    var words: [String] = []
    var word = ""
    for character in text {
      word.append(character)
      if character == separator {
        words.append(word)
        word = ""
      }
    }
    for each in words + [word] {
      var word = each
      if !lines[lines.count - 1].isEmpty, (lines[lines.count - 1] + word).trimmedEnd.count > width { lines.append("") }
      while word.trimmedEnd.count > width {
        lines[lines.count - 1] = String(word.prefix(width))
        word = String(word.dropFirst(width))
        lines.append("")
      }
      lines[lines.count - 1] += word
    }
    return lines.map(\.trimmedEnd)
  }
}
