import Debugger
import Hypervisor
import RISCV

extension Comparison {
  /// What the guest did otherwise under one technique than under the first: nil where all agree (EQUIVALENCE). Runs that a
  /// limit of seconds cut off stand at different places and are not held against each other.
  var difference: (text: String, first: Technique, other: Technique)? {
    let first = columns[0]
    guard !columns.contains(where: { $0.end == .timeout }) else { return nil }
    for column in columns.dropFirst() {
      if let text = Self.difference(first, column) { return (text, first.technique, column.technique) }
    }
    return nil
  }

  private static func difference(_ first: ComparisonColumn, _ other: ComparisonColumn) -> String? {
    let (one, two) = ("under \(first.technique)", "under \(other.technique)")
    if first.end != other.end { return "the guest \(first.end) \(one), but \(other.end) \(two)" }
    if first.console != other.console { return consoleDifference(first.console, other.console, one, two) }
    if first.retired != other.retired {
      return "the guest retired \(grouped(first.retired)) instructions \(one), but \(grouped(other.retired)) \(two)"
    }
    if first.digest != other.digest {
      return "the digest of the guest's state is \(hex16(first.digest)) \(one), but \(hex16(other.digest)) \(two)"
    }
    return nil
  }

  /// The first line of console output that is not the same.
  private static func consoleDifference(_ one: [UInt8], _ two: [UInt8], _ first: String, _ second: String) -> String {
    let same = zip(one, two).prefix { $0 == $1 }.count
    let line = one[..<same].count { $0 == 10 } + 1
    func text(_ bytes: [UInt8]) -> String {
      let start = bytes[..<same].lastIndex(of: 10).map { $0 + 1 } ?? 0
      let shown = bytes[start...].prefix { $0 != 10 && $0 != 13 }
      return shown.isEmpty ? "nothing" : "\"\(String(decoding: shown.prefix(80), as: UTF8.self))\""
    }
    return "line \(line) of the console is \(text(one)) \(first), but \(text(two)) \(second)"
  }
}
