extension CostModel {
  /// Reads a model from text: a line a row, as `NAME NUMBER UNIT SOURCE`, in any order.
  ///
  /// Unit and source may be left out. A source that begins with `calibrated:` marks a residual; an indented line continues
  /// the source before it; `#` begins a comment. `name` and `title` are lines of their own. Every row has to be there, once.
  package init(parsing text: String, file: String) throws(CostFileError) {
    var reader = CostFileReader(file: file)
    var number = 0
    // A carriage return and a newline are one character.
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      do { try reader.read(String(line), at: number) } catch {
        throw CostFileError(file: file, line: number, problem: error)
      }
    }
    self = try reader.model()
  }

  /// The model as text that can be read back, its columns aligned and its sources broken into lines of `width`.
  package func text(width: Int = 120) -> String {
    var lines = ["name \(name)"]
    if !title.isEmpty { lines.append("title \(title)") }
    for (title, rows) in groups {
      lines += ["", "# \(title)"]
      for row in rows { lines += Self.lines(row, width: width) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The rows under their headings.
  package var groups: [(title: String, rows: [Row])] {
    func range(_ first: CostAction, _ last: CostAction) -> [Row] {
      Array(prices[Int(first.rawValue)...Int(last.rawValue)])
    }
    return [
      ("What the physical hart does", range(.instruction, .busAccess)),
      ("What the monitor does", range(.saveRegisters, .allocateFrame)),
      ("What binary translation adds", range(.translateInstruction, .chain)),
      ("How it is done: no prices", settings),
    ]
  }

  private static func lines(_ row: Row, width: Int) -> [String] {
    let number = String(row.number)
    let head =
      row.name.padding(to: 22) + String(repeating: " ", count: max(6 - number.count, 0)) + number + "  "
      + row.unit.padding(to: 19)
    let reason = row.source.isEmpty ? "no source given" : row.source
    let source = (row.isChanged ? "changed: " : row.isCalibrated ? "calibrated: " : "") + reason
    let indent = head.count + 2
    var lines = [head + " "]
    for word in source.split(separator: " ") {
      if lines[lines.count - 1].count + 1 + word.count > width, lines[lines.count - 1].count > indent {
        lines.append(String(repeating: " ", count: indent - 1))
      }
      lines[lines.count - 1] += " " + word
    }
    return lines
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}

/// What has been read of a cost model's text.
private struct CostFileReader {
  let file: String
  private var name: String?
  private var title = ""
  private var rows: [String: (row: CostModel.Row, line: Int)] = [:]
  /// The row that an indented line continues.
  private var latest: String?

  init(file: String) { self.file = file }

  mutating func read(_ line: String, at number: Int) throws(CostModelError) {
    let isIndented = line.first.map { $0 == " " || $0 == "\t" } ?? false
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).prefix { !$0.hasPrefix("#") }.map(String.init)
    guard let first = words.first else { return }
    if isIndented {
      guard let latest else { throw .nothingToContinue }
      rows[latest]!.row.source += (rows[latest]!.row.source.isEmpty ? "" : " ") + words.joined(separator: " ")
      return
    }
    let rest = words.dropFirst().joined(separator: " ")
    switch first {
    case "name":
      if rest.isEmpty { throw .missingName }
      name = rest
    case "title": title = rest
    default: try readRow(first, Array(words.dropFirst()), at: number)
    }
  }

  private mutating func readRow(_ name: String, _ words: [String], at line: Int) throws(CostModelError) {
    let unit: String
    let largest: UInt64
    if let action = CostAction(name: name), action != .wait {
      (unit, largest) = ("cycles/\(action.item)", CostModel.largestPrice)
    } else if let setting = CostSetting(name: name) {
      (unit, largest) = (setting.unit, setting.largest)
    } else {
      throw .unknownRow(name)
    }
    if let first = rows[name]?.line { throw .duplicateRow(name, first: first) }
    guard let text = words.first else { throw .missingNumber(row: name) }
    let number = try Self.number(text, row: name, largest: largest)
    if words.count > 1, words[1] != unit { throw .wrongUnit(row: name, words[1], expected: unit) }
    var source = Array(words.dropFirst(2))
    let isCalibrated = source.first == "calibrated:"
    if isCalibrated { source.removeFirst() }
    rows[name] = (
      .init(
        name: name, number: number, unit: unit, source: source.joined(separator: " "), isCalibrated: isCalibrated), line
    )
    latest = name
  }

  private static func number(_ text: String, row: String, largest: UInt64) throws(CostModelError) -> UInt64 {
    if text.hasPrefix("-"), Double(text) != nil { throw .negative(row: row, text) }
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .notANumber(row: row, text)
    }
    let number = UInt64(text) ?? .max
    guard number <= largest else { throw .tooLarge(row: row, number, largest: largest) }
    return number
  }

  func model() throws(CostFileError) -> CostModel {
    guard let name else { throw CostFileError(file: file, line: nil, problem: .missingName) }
    let wanted = CostAction.priced.map(\.name) + CostSetting.allCases.map(\.name)
    let missing = wanted.filter { rows[$0] == nil }
    guard missing.isEmpty else { throw CostFileError(file: file, line: nil, problem: .missingRows(missing)) }
    return CostModel(
      name: name, title: title, prices: CostAction.priced.map { rows[$0.name]!.row },
      settings: CostSetting.allCases.map { rows[$0.name]!.row })
  }
}
