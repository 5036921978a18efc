/// The tokens of an expression, with where each begins so that errors can show the rest of the text.
struct Token {
  enum Kind: Equatable {
    case number(Value)
    case string(String)
    case name(String)
    case dollar(String)
    case space(String)
    case symbol(String)
    case end
  }
  var kind: Kind
  /// Offset in bytes of the token in the text.
  var start: Int
  /// Offset in bytes just behind it.
  var end: Int
}

/// Cuts C-like text into tokens.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Longest first, so that `<<=` is not read as `<<`.
  private static let operators: [[UInt8]] = [
    "<<=", ">>=", "->", "::", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
    "^=", "++",
    "--", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", "?", ":", "(", ")", "{", "}", ",", "@", "[",
    "]",
  ].map { Array($0.utf8) }

  func text(from offset: Int) -> String { String(decoding: bytes[min(offset, bytes.count)...], as: UTF8.self) }

  mutating func tokens() throws(EvaluationError) -> [Token] {
    var result: [Token] = []
    while true {
      while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
      let start = position
      let kind = try next()
      result.append(Token(kind: kind, start: start, end: position))
      if kind == .end { return result }
    }
  }

  private func at(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isName(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || isDigit(byte) || byte == 0x5f || byte >= 0x80
  }

  private mutating func next() throws(EvaluationError) -> Token.Kind {
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    if Lexer.isDigit(byte) || (byte == 0x2e && Lexer.isDigit(at(position + 1))) { return try number() }
    if byte == 0x24 { return .dollar(dollarName()) }
    if byte == 0x27 { return try character() }
    if byte == 0x22 { return .string(String(decoding: try quoted(0x22), as: UTF8.self)) }
    if Lexer.isName(byte) || byte == 0x2e { return name() }
    for candidate in Lexer.operators where bytes[position...].starts(with: candidate) {
      position += candidate.count
      return .symbol(String(decoding: candidate, as: UTF8.self))
    }
    throw .syntax(near: text(from: position))
  }

  private mutating func name() -> Token.Kind {
    let start = position
    // A dot may stand inside a symbol's name, as in `handler.part.0`.
    while Lexer.isName(at(position)) || (at(position) == 0x2e && position < bytes.count) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    if at(position) == 0x3a, name.count <= 4, name.hasSuffix("pa") || name.hasSuffix("va") || name == "tc" {
      position += 1
      return .space(name)
    }
    return .name(name)
  }

  private mutating func dollarName() -> String {
    let start = position + 1
    position = start
    if at(position) == 0x24 { position += 1 }
    while Lexer.isName(at(position)) { position += 1 }
    // `$host.scause` is one name, the physical hart's.
    if bytes[start..<position].elementsEqual("host".utf8), at(position) == 0x2e, Lexer.isName(at(position + 1)) {
      position += 1
      while Lexer.isName(at(position)) { position += 1 }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func number() throws(EvaluationError) -> Token.Kind {
    let start = position
    var isFloat = false
    let isHex = at(position) == 0x30 && (at(position + 1) | 0x20) == 0x78
    while position < bytes.count {
      let byte = bytes[position]
      if Lexer.isName(byte) {
        position += 1
      } else if byte == 0x2e && !isHex {
        isFloat = true
        position += 1
      } else if (byte == 0x2b || byte == 0x2d) && !isHex && (bytes[position - 1] | 0x20) == 0x65 {
        position += 1
      } else {
        break
      }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !isHex && (isFloat || text.contains("e") || text.contains("E")) && !text.hasPrefix("0b") {
      if text.hasSuffix("f"), let value = Float(text.dropLast()) { return .number(.float(value)) }
      guard let value = Double(text) else { throw .invalidNumber(text) }
      return .number(.double(value))
    }
    return .number(try Lexer.integer(text))
  }

  /// Reads `12`, `0x1f`, `017`, `0b101`, with the suffixes u, l, ul, ll, and gives it the type that C gives.
  private static func integer(_ text: String) throws(EvaluationError) -> Value {
    var digits = Substring(text.lowercased())
    var radix: UInt64 = 10
    if digits.hasPrefix("0x") {
      (radix, digits) = (16, digits.dropFirst(2))
    } else if digits.hasPrefix("0b") {
      (radix, digits) = (2, digits.dropFirst(2))
    } else if digits.hasPrefix("0") && digits.count > 1 {
      (radix, digits) = (8, digits.dropFirst())
    }
    var unsigned = false
    var long = false
    while let last = digits.last, last == "u" || last == "l" {
      if last == "u" { unsigned = true } else { long = true }
      digits = digits.dropLast()
    }
    if radix == 8 && digits.isEmpty { (radix, digits) = (10, "0") }
    guard !digits.isEmpty else { throw .invalidNumber(text) }
    var value: UInt64 = 0
    for digit in digits {
      guard let number = digit.hexDigitValue, number < Int(radix) else { throw .invalidNumber(text) }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(UInt64(number))
      if overflow || carry { throw .numberTooLarge }
      value = sum
    }
    let isDecimal = radix == 10
    if !long && value <= 0x7fff_ffff && !unsigned { return Value(value, .int) }
    if !long && value <= 0xffff_ffff && (unsigned || !isDecimal) { return Value(value, .unsignedInt) }
    if value <= 0x7fff_ffff_ffff_ffff && !unsigned { return Value(value, .long) }
    return Value(value, .unsignedLong)
  }

  private mutating func character() throws(EvaluationError) -> Token.Kind {
    let start = position
    let content = try quoted(0x27)
    guard let first = content.first, content.count == 1 else { throw .syntax(near: text(from: start)) }
    return .number(Value(UInt64(first), .char))
  }

  private mutating func quoted(_ quote: UInt8) throws(EvaluationError) -> [UInt8] {
    let start = position
    position += 1
    var raw: [UInt8] = []
    while at(position) != quote {
      guard position < bytes.count else {
        throw .other("Unmatched single quote or double quote, from \(text(from: start))")
      }
      if bytes[position] == 0x5c && position + 1 < bytes.count {
        raw.append(bytes[position])
        position += 1
      }
      raw.append(bytes[position])
      position += 1
    }
    position += 1
    return unescaped(raw)
  }
}

/// Replaces C escapes (`\n`, `\t`, `\033`, `\x1b`, `\\` …) by the bytes they stand for.
package func unescaped(_ raw: some Collection<UInt8>) -> [UInt8] {
  let bytes = Array(raw)
  var result: [UInt8] = []
  var index = 0
  while index < bytes.count {
    let byte = bytes[index]
    index += 1
    guard byte == 0x5c, index < bytes.count else {
      result.append(byte)
      continue
    }
    let escape = bytes[index]
    index += 1
    switch escape {
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "a"): result.append(7)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "v"): result.append(11)
    case UInt8(ascii: "e"): result.append(27)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = Int(escape - 48)
      var count = 1
      while count < 3, index < bytes.count, bytes[index] >= 48, bytes[index] <= 55 {
        value = value * 8 + Int(bytes[index] - 48)
        index += 1
        count += 1
      }
      result.append(UInt8(truncatingIfNeeded: value))
    case UInt8(ascii: "x"):
      var value = 0
      while index < bytes.count, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue {
        value = (value &* 16 &+ digit) & 0xff
        index += 1
      }
      result.append(UInt8(truncatingIfNeeded: value))
    default: result.append(escape)
    }
  }
  return result
}
