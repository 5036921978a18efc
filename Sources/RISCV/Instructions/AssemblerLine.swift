/// A line of assembly cut into its mnemonic, its operands and the punctuation between them.
struct AssemblerLine {
  struct Token {
    /// An operand without the spaces around it, or one of `,`, `(` and `)`.
    let text: String
    /// In characters counted from 1.
    let column: Int
    let isPunctuation: Bool
  }

  let mnemonic: Token
  let tokens: [Token]
  /// One past the last character that counts.
  let endColumn: Int

  init(_ line: String) {
    let characters = Array(line)
    var end = 0
    var isQuoted = false
    while end < characters.count {
      let character = characters[end]
      if character == "'" { isQuoted.toggle() }
      if isQuoted, character == "\\" { end += 1 }
      let isComment = character == "#" || character == "/" && characters[end...].starts(with: "//")
      if !isQuoted, isComment { break }
      end += 1
    }
    end = min(end, characters.count)
    while end > 0, characters[end - 1].isWhitespace { end -= 1 }

    let start = characters[..<end].firstIndex { !$0.isWhitespace } ?? end
    let afterMnemonic = characters[start..<end].firstIndex { $0.isWhitespace } ?? end
    mnemonic = Token(
      text: String(characters[start..<afterMnemonic]).lowercased(), column: start + 1, isPunctuation: false)
    tokens = Self.tokens(characters[afterMnemonic..<end])
    endColumn = end + 1
  }

  private static func tokens(_ characters: ArraySlice<Character>) -> [Token] {
    var tokens: [Token] = []
    var start: Int?
    var last = characters.startIndex
    var isQuoted = false
    func endOperand() {
      if let first = start {
        tokens.append(Token(text: String(characters[first...last]), column: first + 1, isPunctuation: false))
      }
      start = nil
    }
    var index = characters.startIndex
    while index < characters.endIndex {
      let character = characters[index]
      if !isQuoted, character == "," || character == "(" || character == ")" {
        endOperand()
        tokens.append(Token(text: String(character), column: index + 1, isPunctuation: true))
      } else if !character.isWhitespace || isQuoted {
        if character == "'" { isQuoted.toggle() }
        if start == nil { start = index }
        // What is escaped cannot end the quotation.
        if isQuoted, character == "\\", index + 1 < characters.endIndex { index += 1 }
        last = index
      }
      index += 1
    }
    endOperand()
    return tokens
  }
}

/// Numbers as the assembler reads them.
enum AssemblerNumber {
  /// The value of a decimal, hexadecimal (`0x`), binary (`0b`) or octal (`0`) number or of a character in quotes, with or
  /// without a sign. What needs 64 bits without sign is the number with the same bits.
  static func value(of text: some StringProtocol) -> Int64? {
    var digits = Substring(text)
    if let character = character(digits) { return character }
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits = digits.dropFirst().drop { $0 == " " } }
    guard let magnitude = magnitude(digits) else { return nil }
    if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
    return Int64(bitPattern: magnitude)
  }

  private static func magnitude(_ digits: Substring) -> UInt64? {
    let lowercase = digits.prefix(2).lowercased()
    let (radix, rest) =
      switch lowercase {
      case "0x": (16, digits.dropFirst(2))
      case "0b": (2, digits.dropFirst(2))
      default: (digits.count > 1 && digits.first == "0" ? 8 : 10, digits)
      }
    // `UInt64.init` takes a sign, which has been taken already.
    guard let first = rest.first, first != "+", first != "-" else { return nil }
    return UInt64(rest, radix: radix)
  }

  private static func character(_ text: Substring) -> Int64? {
    guard text.count >= 3, text.first == "'", text.last == "'" else { return nil }
    let inside = text.dropFirst().dropLast()
    if inside.first == "\\" {
      switch inside.dropFirst() {
      case "n": return 10
      case "t": return 9
      case "r": return 13
      case "0": return 0
      case "\\": return 92
      case "'": return 39
      default: return nil
      }
    }
    guard inside.count == 1, let scalar = inside.unicodeScalars.first, scalar.isASCII else { return nil }
    return Int64(scalar.value)
  }
}
