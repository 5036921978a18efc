/// The letters of `print/FMT`, `output/FMT`, `display/FMT` and `x/NFU`.
package enum ValueFormat: Character, Sendable {
  case hexadecimal = "x"
  case zeroPadded = "z"
  case decimal = "d"
  case unsigned = "u"
  case octal = "o"
  case binary = "t"
  case address = "a"
  case character = "c"
  case float = "f"
  case string = "s"
  case instruction = "i"
}

/// Turns values into the text that gdb prints for them.
package struct ValueFormatter {
  let symbolText: (UInt64) -> String?
  /// The bytes of a string in the guest, up to its end; nil where there is no memory.
  var string: (SpacedAddress) -> (bytes: [UInt8], isWhole: Bool)?

  package init(
    symbolText: @escaping (UInt64) -> String?,
    string: @escaping (SpacedAddress) -> (bytes: [UInt8], isWhole: Bool)? = { _ in nil }
  ) {
    self.symbolText = symbolText
    self.string = string
  }

  package func text(_ value: Value, _ format: ValueFormat? = nil) -> String { text(value, format, isInside: false) }
  /// The value as part of something: pointers without their types.
  package func text(_ value: Value, insideStructure: Bool) -> String { text(value, nil, isInside: insideStructure) }

  /// `isInside`: as part of a structure or an array, where gdb leaves out the types of pointers.
  private func text(_ value: Value, _ format: ValueFormat?, isInside: Bool) -> String {
    switch value.type.resolved {
    case .void: return "void"
    case .string: return quoted(value.string)
    case .array(let element, _): return array(value, element, format)
    case .structure(let type) where !type.isReference:
      if type.isIncomplete { return "<incomplete type>" }
      return structure(value, type, format)
    case .opaque(let name, _): return "<\(name): not told by the debug information>"
    case .variant(let type): return variant(value, type, format)
    default: break
    }
    guard let format, format != .string else { return plain(value, isInside: isInside) }
    if format == .character && value.type.isFloat { return character(value.clampedBits, signed: true) }
    return scalar(
      value.bits, size: value.type == .text ? 8 : value.type.size, signed: value.type.isSigned, value.type, format)
  }

  private func structure(_ value: Value, _ type: StructureType, _ format: ValueFormat?) -> String {
    let parts = type.members.map { member in
      let text = text(value.part(member), format, isInside: true)
      return member.name.isEmpty ? text : "\(member.name) = \(text)"
    }
    if type.kind == .swift { return "{" + parts.joined(separator: ", ") + "}" }
    return parts.isEmpty ? "{<No data fields>}" : "{" + parts.joined(separator: ", ") + "}"
  }

  private func array(_ value: Value, _ element: ValueType, _ format: ValueFormat?) -> String {
    if element.isCharacter, format == nil || format == .string { return characters(value.bytes) }
    let size = element.size
    guard size > 0 else { return "{}" }
    let count = value.bytes.count / size
    func slice(_ index: Int) -> ArraySlice<UInt8> { value.bytes[(index * size)..<((index + 1) * size)] }
    var parts: [String] = []
    var index = 0
    // gdb folds runs of ten or more equal elements and stops after 200.
    while index < count && parts.count < 200 {
      var run = index
      while run < count && slice(run).elementsEqual(slice(index)) { run += 1 }
      let text = text(Value(bytes: slice(index), element), format, isInside: true)
      if run - index > 9 {
        parts.append("\(text) <repeats \(run - index) times>")
        index = run
      } else {
        parts.append(text)
        index += 1
      }
    }
    return "{" + parts.joined(separator: ", ") + (index < count ? "..." : "") + "}"
  }

  /// An array of characters as gdb shows it: without a null at the very end, 200 characters at most, long runs told apart.
  private func characters(_ all: [UInt8]) -> String {
    var bytes = all[...]
    if bytes.last == 0 { bytes = bytes.dropLast() }
    if bytes.isEmpty { return "\"\"" }
    var parts: [String] = []
    var open: [UInt8] = []
    func close() {
      if !open.isEmpty { parts.append(quoted(bytes: open)) }
      open = []
    }
    var shown = 0
    var index = bytes.startIndex
    while index < bytes.endIndex, shown < 200 {
      let end = bytes[index...].firstIndex { $0 != bytes[index] } ?? bytes.endIndex
      if end - index > 10 {
        close()
        parts.append("'\(ValueFormatter.escaped(bytes[index], quote: "'"))' <repeats \(end - index) times>")
        shown += 10
        index = end
      } else {
        open.append(bytes[index])
        shown += 1
        index += 1
      }
    }
    close()
    return parts.joined(separator: ", ") + (index < bytes.endIndex ? "..." : "")
  }

  private func plain(_ value: Value, isInside: Bool) -> String {
    switch value.type.resolved {
    case .integer(1, let signed, _) where value.type.isCharacter: return character(value.bits, signed: signed)
    case .integer: return value.type.isSigned ? String(Int64(bitPattern: value.bits)) : String(value.bits)
    case .boolean: return value.bits == 0 ? "false" : value.bits == 1 ? "true" : String(value.bits)
    case .enumeration(let type): return type.text(value.bits)
    case .float(let size): return ValueFormatter.float(value.bits, size: size)
    case .text, .data, .function: return "{\(value.type.name)} " + address(value)
    case .codePointer: return "(void (*)()) " + address(value)
    case .structure(let type): return isInside ? address(value) : "(\(type.spelling)) " + address(value)
    case .pointer(let target) where target.isCharacter:
      guard value.bits != 0, let found = string(value.address) else { return address(value) }
      return address(value) + " "
        + (found.bytes.isEmpty ? "\"\"" : characters(found.bytes + (found.isWhole ? [0] : [])))
        + (found.isWhole ? "" : "...")
    case .pointer: return (isInside ? "" : "(\(value.type.name)) ") + address(value)
    case .void, .string, .array, .opaque, .named, .alias, .qualified, .variant: return ""
    }
  }

  /// A Swift enum as Swift writes it; an `Optional` as its value or nil.
  private func variant(_ value: Value, _ type: VariantType, _ format: ValueFormat?) -> String {
    guard let (name, payload) = type.choose(value) else {
      return "<\(type.name): which case it is, is not told by the debug information>"
    }
    let isOptional = type.cases.map(\.name).sorted() == ["none", "some"]
    guard let payload else { return isOptional ? "nil" : ".\(name)" }
    let text = text(payload, format, isInside: true)
    return isOptional ? text : ".\(name)(\(text))"
  }

  private func address(_ value: Value) -> String {
    if value.space != .guestVirtual { return value.address.text }
    guard let symbol = symbolText(value.bits) else { return hex(value.bits) }
    return "\(hex(value.bits)) <\(symbol)>"
  }

  /// One scalar of `size` bytes in a format; also what `x` prints for a unit of memory.
  package func scalar(
    _ raw: UInt64, size: Int, signed: Bool = true, _ type: ValueType? = nil, _ format: ValueFormat
  ) -> String {
    let bits = size >= 8 ? raw : raw & ((1 << UInt64(8 * size)) - 1)
    let extended = Value(bits, .integer(size: size, signed: true, name: "")).bits
    switch format {
    case .hexadecimal: return hex(bits)
    case .zeroPadded:
      let digits = String(bits, radix: 16)
      return "0x" + String(repeating: "0", count: max(0, size * 2 - digits.count)) + digits
    case .decimal: return String(Int64(bitPattern: extended))
    case .unsigned: return String(bits)
    case .octal: return bits == 0 ? "0" : "0" + String(bits, radix: 8)
    case .binary: return String(bits, radix: 2)
    case .address: return symbolText(bits).map { "\(hex(bits)) <\($0)>" } ?? hex(bits)
    case .character:
      let byte = bits & 0xff
      return character(signed ? UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: byte))) : byte, signed: signed)
    case .float:
      if let type, type.isFloat { return ValueFormatter.float(raw, size: size) }
      if size == 4 || size == 8 { return ValueFormatter.float(bits, size: size) }
      return String(Int64(bitPattern: extended))
    case .string, .instruction: return String(Int64(bitPattern: extended))
    }
  }

  /// `97 'a'`, as gdb shows a char.
  private func character(_ bits: UInt64, signed: Bool) -> String {
    let number = signed ? String(Int64(bitPattern: bits)) : String(bits)
    return "\(number) '\(ValueFormatter.escaped(UInt8(truncatingIfNeeded: bits), quote: "'"))'"
  }

  static func escaped(_ byte: UInt8, quote: Character) -> String {
    switch byte {
    case 7: return "\\a"
    case 8: return "\\b"
    case 9: return "\\t"
    case 10: return "\\n"
    case 11: return "\\v"
    case 12: return "\\f"
    case 13: return "\\r"
    case 27: return "\\033"
    case 0x5c: return "\\\\"
    case 0x20...0x7e:
      let character = Character(UnicodeScalar(byte))
      return character == quote ? "\\\(character)" : String(character)
    default:
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
  }

  /// A string in double quotes with its unprintable bytes escaped.
  package func quoted(_ text: String) -> String { quoted(bytes: Array(text.utf8)) }
  package func quoted(bytes: [UInt8]) -> String {
    "\"" + bytes.map { ValueFormatter.escaped($0, quote: "\"") }.joined() + "\""
  }

  /// `%g` with 9 or 17 significant digits, as gdb prints floats.
  package static func float(_ bits: UInt64, size: Int) -> String {
    let value: Double
    let mantissa: UInt64
    if size == 4 {
      let single = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      (value, mantissa) = (Double(single), UInt64(single.significandBitPattern))
    } else {
      value = Double(bitPattern: bits)
      mantissa = value.significandBitPattern
    }
    let sign = value.sign == .minus ? "-" : ""
    if value.isNaN { return "\(sign)nan(\(hex(mantissa)))" }
    if value.isInfinite { return "\(sign)inf" }
    return printfG(value, precision: size == 4 ? 9 : 17)
  }
}
