import Debugger

/// The conversions of `printf` and `dprintf`.
struct PrintfFormat {
  private let characters: [Character]
  init(_ text: String) { characters = Array(text) }

  /// The format with its conversions replaced by `values`. `string` reads a string of the guest's for `%s`.
  func text(_ values: [Value], string: (SpacedAddress) throws(CommandError) -> String) throws(CommandError) -> String {
    var result = ""
    var next = values[...]
    var index = 0
    while index < characters.count {
      let character = characters[index]
      index += 1
      guard character == "%" else {
        result.append(character)
        continue
      }
      if index < characters.count, characters[index] == "%" {
        result.append("%")
        index += 1
        continue
      }
      let start = index
      while index < characters.count, "-+ #0123456789.".contains(characters[index]) { index += 1 }
      let flags = String(characters[start..<index])
      var size = 4
      while index < characters.count, "hlzjt".contains(characters[index]) {
        size = characters[index] == "h" ? 2 : 8
        index += 1
      }
      guard index < characters.count else { throw .failed("Bad format string: it ends inside a conversion.") }
      let conversion = characters[index]
      index += 1
      guard "diuxXocspfgeEG".contains(conversion) else {
        throw .failed("Unrecognized format specifier '\(conversion)' in printf")
      }
      guard let value = next.popFirst() else { throw .failed("Wrong number of arguments for specified format-string") }
      result += try Self.convert(value, conversion, flags, size, string)
    }
    guard next.isEmpty else { throw .failed("Wrong number of arguments for specified format-string") }
    return result
  }

  private static func convert(
    _ value: Value, _ conversion: Character, _ flags: String, _ size: Int,
    _ string: (SpacedAddress) throws(CommandError) -> String
  ) throws(CommandError) -> String {
    if value.type == .void { throw .failed("Value can't be converted to integer.") }
    let parts = flags.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let precision = parts.count > 1 ? min(Int(parts[1]) ?? 0, 200) : nil
    let width = parts.first.map { min(Int($0.drop { "-+ #0".contains($0) }) ?? 0, 200) } ?? 0
    let marks = parts.first.map { $0.prefix { "-+ #0".contains($0) } } ?? ""
    let whole = value.type.isFloatType ? UInt64(bitPattern: Int64(value.asDouble.clamped)) : value.bits
    let bits = Value(whole, size == 8 ? .long : .int).bits
    let unsigned = size == 8 ? bits : bits & 0xffff_ffff
    var text: String
    switch conversion {
    case "d", "i":
      text = String(Int64(bitPattern: bits))
      if marks.contains("+"), !text.hasPrefix("-") { text = "+" + text }
    case "u": text = String(unsigned)
    case "x": text = (marks.contains("#") ? "0x" : "") + String(unsigned, radix: 16)
    case "X": text = (marks.contains("#") ? "0X" : "") + String(unsigned, radix: 16, uppercase: true)
    case "o": text = String(unsigned, radix: 8)
    case "p": text = "0x" + String(value.bits, radix: 16)
    case "c": text = String(decoding: [UInt8(truncatingIfNeeded: value.bits)], as: UTF8.self)
    case "s":
      text = value.type == .string ? value.string : try string(value.address)
      if let precision { text = String(text.prefix(precision)) }
    default: text = printfDouble("%\(precision.map { ".\($0)" } ?? "")\(conversion)", value.asDouble)
    }
    let missing = max(0, width - text.count)
    if marks.contains("-") { return text + String(repeating: " ", count: missing) }
    if marks.contains("0"), conversion != "s", conversion != "c" {
      let sign = text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0
      return text.prefix(sign) + String(repeating: "0", count: missing) + text.dropFirst(sign)
    }
    return String(repeating: " ", count: missing) + text
  }
}

extension ValueType {
  fileprivate var isFloatType: Bool { if case .float = self { true } else { false } }
}
extension Double {
  /// Inside what an Int can hold.
  fileprivate var clamped: Double { isNaN ? 0 : Swift.min(Swift.max(self, -9e18), 9e18) }
}
