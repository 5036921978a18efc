/// The text of a Linux `System.map`: one symbol a line, `ffffffff80000000 T _start`, as `nm` prints them.
package enum SystemMap {
  /// Reads the whole text. The letters are those of `nm`: small for local symbols; `T W i` are functions, the data
  /// letters objects, all others neither. A map knows no sizes. Lines may end with a carriage return; empty ones are
  /// skipped.
  package static func symbols(_ text: [UInt8]) throws(SystemMapError) -> [Symbol] {
    var symbols: [Symbol] = []
    // As many as there could be, kernels' names being some 20 bytes long.
    symbols.reserveCapacity(text.count / 40)
    var number = 0
    var rest = text[...]
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[..<end]
      rest = rest[end...].dropFirst()
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if !line.isEmpty { symbols.append(try symbol(line, number)) }
    }
    guard !symbols.isEmpty else { throw .noSymbols }
    return symbols
  }

  private static func symbol(_ line: ArraySlice<UInt8>, _ number: Int) throws(SystemMapError) -> Symbol {
    var address: UInt64 = 0
    var index = line.startIndex
    while index < line.endIndex, index - line.startIndex < 16, let digit = hexadecimalDigit(line[index]) {
      address = address << 4 | UInt64(digit)
      index += 1
    }
    guard index > line.startIndex, index < line.endIndex, line[index] == UInt8(ascii: " ") else {
      throw .badAddress(line: number, text: shown(line))
    }
    guard index + 1 < line.endIndex, let type = SymbolLetter(line[index + 1]) else {
      throw .badType(line: number, text: shown(line))
    }
    let name = line[(index + 2)...].dropFirst()
    guard index + 2 < line.endIndex, line[index + 2] == UInt8(ascii: " "), !name.isEmpty,
      !name.contains(where: { $0 <= UInt8(ascii: " ") })
    else { throw .badName(line: number, text: shown(line)) }
    return Symbol(
      name: String(decoding: name, as: UTF8.self), address: address, kind: type.kind, binding: type.binding,
      sectionIndex: type.sectionIndex)
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// As much of a line as an error should repeat.
  private static func shown(_ line: ArraySlice<UInt8>) -> String {
    let printable = line.prefix(60).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: printable, as: UTF8.self) + (line.count > 60 ? "…" : "")
  }
}

/// What one of `nm`'s letters says.
private struct SymbolLetter {
  let kind: Symbol.Kind
  let binding: Symbol.Binding
  let sectionIndex: Symbol.SectionIndex

  init?(_ letter: UInt8) {
    let isSmall = letter & 0x20 != 0
    var binding: Symbol.Binding = isSmall ? .local : .global
    var sectionIndex: Symbol.SectionIndex = .unknown
    switch letter {
    case UInt8(ascii: "T"), UInt8(ascii: "t"): kind = .function
    case UInt8(ascii: "i"): (kind, binding) = (.function, .global)
    case UInt8(ascii: "W"), UInt8(ascii: "w"): (kind, binding) = (.function, .weak)
    case UInt8(ascii: "V"), UInt8(ascii: "v"): (kind, binding) = (.object, .weak)
    case UInt8(ascii: "u"): (kind, binding) = (.object, .global)
    case UInt8(ascii: "A"), UInt8(ascii: "a"): (kind, sectionIndex) = (.none, .absolute)
    case UInt8(ascii: "U"): (kind, sectionIndex) = (.none, .undefined)
    case UInt8(ascii: "N"), UInt8(ascii: "n"), UInt8(ascii: "p"), UInt8(ascii: "I"): kind = .none
    case let data where "BbCcDdGgRrSs".utf8.contains(data): kind = .object
    default: return nil
    }
    self.binding = binding
    self.sectionIndex = sectionIndex
  }
}

/// Why a text is no `System.map`. The doc comment is the message.
package enum SystemMapError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text has no line. Pass the System.map that was made with the kernel.
  case noSymbols
  /// The line does not begin with an address of 1 to 16 hexadecimal digits and a space. Pass the System.map that was
  /// made with the kernel.
  case badAddress(line: Int, text: String)
  /// The address is not followed by one of `nm`'s letters. Pass the System.map that was made with the kernel.
  case badType(line: Int, text: String)
  /// The letter is not followed by a space and one name up to the end of the line. Pass the System.map that was made
  /// with the kernel, not `/proc/kallsyms`, which names modules too.
  case badName(line: Int, text: String)

  package var description: String {
    switch self {
    case .noSymbols: "no symbols: the text is empty. \(Self.advice)."
    case .badAddress(let line, let text):
      "line \(line): no address of 1 to 16 hexadecimal digits and a space at the beginning of \"\(text)\". \(Self.advice)."
    case .badType(let line, let text):
      "line \(line): no letter as nm prints them after the address in \"\(text)\". \(Self.advice)."
    case .badName(let line, let text):
      "line \(line): no single name after the letter in \"\(text)\". "
        + "\(Self.advice), not /proc/kallsyms, which names modules too."
    }
  }

  private static let advice = "Pass the System.map that was made with the kernel"
}
