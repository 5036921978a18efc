import ObjectFile

/// The names of a program's markers: a symbol `marker_ptemod = 7` calls the hint `slti x0, x0, 7` `ptemod`.
///
/// By convention a number above zero begins a region, and its negative ends it.
package struct MarkerNames: Sendable {
  private var names: [Int: String] = [:]
  private static let prefix = "marker_"
  private static let ending = "end of "

  /// Takes the names from plain numbers among the symbols; of two names for one number the first counts.
  package init(_ symbols: some Sequence<Symbol>) {
    for symbol in symbols where symbol.sectionIndex == .absolute && symbol.name.hasPrefix(Self.prefix) {
      guard (1...2047).contains(symbol.address) else { continue }
      let number = Int(symbol.address)
      if names[number] == nil { names[number] = String(symbol.name.dropFirst(Self.prefix.count)) }
    }
  }

  /// `7 (ptemod)`, `-7 (end of ptemod)`, or the bare number.
  package func text(_ number: Int) -> String {
    guard let name = names[abs(number)] else { return "\(number)" }
    return "\(number) (\(number < 0 ? Self.ending : "")\(name))"
  }

  /// The name of a region, or nil.
  package func name(_ number: Int) -> String? { names[abs(number)] }

  /// The number that a person means: `7`, `-7`, `ptemod`, `-ptemod`; nil where there is none.
  package func number(_ text: String) -> Int? {
    if let number = Int(text) { return (-2048...2047).contains(number) ? number : nil }
    let isEnd = text.hasPrefix("-")
    let name = isEnd ? String(text.dropFirst()) : text
    return names.filter { $0.value == name }.keys.min().map { isEnd ? -$0 : $0 }
  }

  /// The numbers that have a name, in order.
  package var numbers: [Int] { names.keys.sorted() }

  /// All names, in the order of their numbers.
  package var all: [String] { names.sorted { $0.key < $1.key }.map(\.value) }
}
