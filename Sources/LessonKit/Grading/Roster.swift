/// Who takes the course: a CSV file (RFC 4180) whose header names a column `id`, and perhaps one `name`.
///
/// SwiftCSV 0.10.0 was tried and left: its rows have no line numbers, so nothing could be told with its place, and a quote
/// that is never closed swallows all students behind it without an error.
package struct Roster: Equatable, Sendable {
  package struct Student: Equatable, Sendable {
    package var id: String
    package var name: String?

    package init(id: String, name: String? = nil) { (self.id, self.name) = (id, name) }
  }

  /// In the order of the file.
  package var students: [Student]

  package init(students: [Student]) { self.students = students }

  package func student(_ id: String) -> Student? { students.first { $0.id == id } }

  /// Reads the text of `file`, whose name is for messages only.
  package init(_ text: String, file: String) throws(RosterError) {
    var rows = try CSVRows(text, file: file).rows[...]
    guard let header = rows.popFirst() else { throw RosterError(file: file, line: 1, reason: "it is empty") }
    let names = header.fields.map { $0.lowercased() }
    let separator = header.fields.count == 1 ? ";\t".first { header.fields[0].contains($0) } : nil
    guard let idColumn = names.firstIndex(of: "id") else {
      let hint = separator == nil ? "" : "; its columns must be separated by commas"
      throw RosterError(
        file: file, line: header.line,
        reason: "no column is called id; the header has \(header.fields.joined(separator: ", ").shortened)\(hint)")
    }
    for column in ["id", "name"] where names.count(where: { $0 == column }) > 1 {
      throw RosterError(file: file, line: header.line, reason: "two columns are called \(column)")
    }
    let nameColumn = names.firstIndex(of: "name")
    students = []
    var lines: [String: Int] = [:]
    for row in rows {
      guard row.fields.count == names.count else {
        throw RosterError(
          file: file, line: row.line, reason: "\(row.fields.count) fields, where the header has \(names.count)")
      }
      let id = row.fields[idColumn]
      if let problem = StudentName.problem(id) { throw RosterError(file: file, line: row.line, reason: problem) }
      if let first = lines[id] {
        throw RosterError(file: file, line: row.line, reason: "\(id) is there twice, first on line \(first)")
      }
      lines[id] = row.line
      students.append(Student(id: id, name: nameColumn.map { row.fields[$0] }))
    }
    guard !students.isEmpty else {
      throw RosterError(file: file, line: header.line, reason: "no student follows the header")
    }
  }
}

/// What is wrong with a roster, and where.
package struct RosterError: Error, Equatable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var reason: String

  package var description: String { "\(file):\(line): \(reason)" }
}

/// The rows of a CSV text with the lines on which they begin. Blank lines are no rows; blanks around a field are not part of it.
private struct CSVRows {
  struct Row {
    var line: Int
    var fields: [String]
  }
  private(set) var rows: [Row] = []

  init(_ text: String, file: String) throws(RosterError) {
    var line = 1
    var row = Row(line: 1, fields: [])
    var field = ""
    /// Nil outside of quotes; the line of the quote inside; `wasQuoted` until the field's end.
    var quotedSince: Int?
    var wasQuoted = false
    func trimmed(_ text: String) -> String {
      String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
    func endField() {
      row.fields.append(wasQuoted ? field : trimmed(field))
      (field, wasQuoted) = ("", false)
    }
    func endRow() {
      endField()
      if row.fields != [""] { rows.append(row) }
      row = Row(line: line + 1, fields: [])
    }
    var rest = Substring(text)
    if rest.unicodeScalars.first == "\u{feff}" { rest = Substring(rest.unicodeScalars.dropFirst()) }
    while let character = rest.popFirst() {
      let isLineEnd = character == "\n" || character == "\r\n" || character == "\r"
      if quotedSince != nil {
        if character != "\"" {
          field.append(character)
        } else if rest.first == "\"" {
          field.append(rest.removeFirst())
        } else {
          quotedSince = nil
        }
      } else if isLineEnd {
        endRow()
      } else if character == "," {
        endField()
      } else if character == "\"" {
        guard trimmed(field).isEmpty, !wasQuoted else {
          throw RosterError(
            file: file, line: line, reason: "a quote in the middle of a field; double it and quote the field")
        }
        (field, quotedSince, wasQuoted) = ("", line, true)
      } else if !wasQuoted {
        field.append(character)
      } else if character != " ", character != "\t" {
        throw RosterError(file: file, line: line, reason: "`\(character)` behind a closing quote")
      }
      if isLineEnd { line += 1 }
    }
    if let quotedSince { throw RosterError(file: file, line: quotedSince, reason: "this quote is never closed") }
    endRow()
  }
}
