/// What commands show, as a lesson writes it down: a line `…` alone stands for any lines, `…` in a line for any characters.
package struct ExpectedText {
  private let lines: [String]

  package init(_ text: String) { lines = Self.lines(text) }

  private static func lines(_ text: String) -> [String] {
    // A guest's line may end with a carriage return, too, which makes one character with the line feed.
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { String($0).trimmingEnd }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The first line that differs, counted from 1 in the expected text, and how; nil where they agree.
  package func difference(from actual: String) -> (line: Int, text: String)? {
    let actual = Self.lines(actual)
    // reached[i]: the furthest that the first i expected lines can be matched, as sets of positions in the actual lines.
    var positions: Set<Int> = [0]
    for (index, expected) in lines.enumerated() {
      var next: Set<Int> = []
      for position in positions {
        if expected == "…" {
          next.formUnion(position...actual.count)
        } else if position < actual.count, Self.matches(actual[position], expected) {
          next.insert(position + 1)
        }
      }
      guard !next.isEmpty else {
        let position = positions.max()!
        let found = position < actual.count ? "\"\(actual[position])\"" : "nothing more"
        return (index + 1, "Expected \"\(expected)\", but there is \(found).")
      }
      positions = next
    }
    guard !positions.contains(actual.count) else { return nil }
    return (lines.count, "There is more than expected: \"\(actual[positions.max()!])\".")
  }

  private static func matches(_ line: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "…", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return line == pattern }
    guard line.hasPrefix(parts[0]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts.last!)
  }
}
