/// Why a line is no instruction.
package struct AssemblerError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Problem: Sendable, Equatable {
    /// No instruction has the mnemonic; those of `near` are spelled almost so.
    case unknownMnemonic(String, near: [String])
    /// What could have stood there, and what does, empty at the end of the line.
    case expected([String], found: String)
    /// A constant for `li` that no single instruction loads.
    case needsSeveralInstructions(Int64)
  }

  /// Where in the line, in characters counted from 1.
  package let column: Int
  /// Which operand, counted from 1; nil for the mnemonic.
  package let operand: Int?
  package let problem: Problem

  package var description: String {
    let place = operand.map { "operand \($0), column \(column): " } ?? "column \(column): "
    switch problem {
    case .unknownMnemonic(let name, near: []): return "\(place)no instruction is called '\(name)'"
    case .unknownMnemonic(let name, let near):
      return "\(place)no instruction is called '\(name)'; near: \(near.joined(separator: ", "))"
    case .expected(let what, let found):
      return "\(place)expected \(what.joined(separator: " or ")), found "
        + (found.isEmpty ? "the end of the line" : "'\(found)'")
    case .needsSeveralInstructions(let value):
      let text = Disassembler.hexadecimal(value)
      return "\(place)\(text) takes several instructions to load: begin with lui, go on with addi and slli"
    }
  }
}

/// Finds mnemonics that were perhaps meant.
enum NearSpelling {
  /// Up to three of `names` that are at most two slips of the hand from `name`, the nearest first.
  static func names(near name: String, among names: some Sequence<String>) -> [String] {
    let letters = Array(name.utf8)
    // A short name is near everything that is short.
    let limit = letters.count < 4 ? 1 : 2
    guard letters.count <= 20 else { return [] }
    let near = names.map { (slips: slips(letters, Array($0.utf8)), name: $0) }.filter { $0.slips <= limit }
    return near.sorted { ($0.slips, $0.name) < ($1.slips, $1.name) }.prefix(3).map(\.name)
  }

  /// Letters added, left out, changed, or swapped with the next.
  private static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var best = min(last[column + 1] + 1, current[column] + 1)
        best = min(best, last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
