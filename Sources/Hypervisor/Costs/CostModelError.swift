/// Why a cost model was refused.
package enum CostModelError: Error, Equatable, CustomStringConvertible {
  case unknownPreset(String)
  case unknownRow(String)
  case missingRows([String])
  case missingName
  case duplicateRow(String, first: Int)
  case notANumber(row: String, String)
  case negative(row: String, String)
  case missingNumber(row: String)
  case tooLarge(row: String, UInt64, largest: UInt64)
  case wrongUnit(row: String, String, expected: String)
  case nothingToContinue

  package var description: String {
    switch self {
    case .unknownPreset(let name):
      "there is no cost model \"\(name)\". There are \(CostModel.presetNames.joined(separator: ", ")); a file is named with "
        + "a slash or a dot, such as ./mine.costs."
    case .unknownRow(let name): "there is no row \"\(name)\".\(Self.suggestion(name)) `vitrine costs` lists the rows."
    case .missingRows(let names):
      "\(names.count == 1 ? "a row is" : "\(names.count) rows are") missing: \(names.joined(separator: ", ")). A model needs "
        + "every row; start from a preset with `vitrine costs riscv > mine.costs`."
    case .missingName: "the model has no name. Begin with a line such as: name mine"
    case .duplicateRow(let name, let first): "the row \"\(name)\" stands here again, after line \(first). Remove one."
    case .notANumber(let row, let text):
      "\(row): \"\(text)\" is no number. Write a whole number of cycles in digits, such as 40."
    case .negative(let row, let text): "\(row): \(text) is below zero. An action costs 0 cycles or more."
    case .missingNumber(let row): "\(row): the number is missing. Write it after the name, such as: \(row) 40"
    case .tooLarge(let row, let number, let largest): "\(row): \(number) is too much; \(largest) is the most."
    case .wrongUnit(let row, let unit, let expected):
      "\(row): its unit is \(expected), not \(unit). Write \(expected), or leave unit and source out."
    case .nothingToContinue: "an indented line continues the row before it, and there is none. Begin it at the margin."
    }
  }

  /// The row that was probably meant.
  private static func suggestion(_ name: String) -> String {
    let names = CostAction.priced.map(\.name) + CostSetting.allCases.map(\.name)
    let near = names.filter { $0.hasPrefix(name) || $0.hasSuffix(name) }
    return near.isEmpty ? "" : " Did you mean \(near.joined(separator: " or "))?"
  }
}

/// The same, with where it is.
package struct CostFileError: Error, Equatable, CustomStringConvertible {
  package var file: String
  /// Counted from 1; nil for what the file as a whole lacks.
  package var line: Int?
  package var problem: CostModelError

  package init(file: String, line: Int?, problem: CostModelError) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  package var description: String { "\(file):\(line.map { "\($0):" } ?? "") \(problem)" }
}
