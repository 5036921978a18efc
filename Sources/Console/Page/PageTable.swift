/// A table of a page: what its picture shows, in numbers.
package struct PageTable {
  /// What it shows, above it.
  package var caption: String
  /// Of the columns.
  package var heads: [String]
  /// The first cell of a row is its name.
  package var rows: [[String]]
  /// Columns of words, which stand at the left; the first always does.
  package var words: Set<Int> = []
  /// What to say below the name of each row; empty where nothing is.
  package var notes: [String] = []

  /// A table; `notes` may be fewer than `rows`.
  package init(caption: String, heads: [String], rows: [[String]], words: Set<Int> = [], notes: [String] = []) {
    (self.caption, self.heads, self.rows, self.words, self.notes) = (caption, heads, rows, words, notes)
  }

  /// The element for the page.
  package var markup: String {
    func cell(_ text: String, _ row: Int, _ column: Int) -> String {
      if column == 0 {
        let note = row < notes.count ? "<small>\(notes[row].escaped)</small>" : ""
        return "<th scope=\"row\">\(text.escaped)\(note)</th>"
      }
      return words.contains(column) ? "<td class=\"words\">\(text.escaped)</td>" : "<td>\(text.escaped)</td>"
    }
    let head = heads.enumerated().map { column, text in
      let style = column == 0 || words.contains(column) ? " class=\"words\"" : ""
      return "<th scope=\"col\"\(style)>\(text.escaped)</th>"
    }
    let body = rows.enumerated().map { number, row in
      "<tr>" + row.enumerated().map { cell($1, number, $0) }.joined() + "</tr>"
    }
    return """
      <div class="wide"><table>
      <caption>\(caption.escaped)</caption>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }
}
