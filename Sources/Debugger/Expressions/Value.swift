import RISCV

/// The type of a value at the prompt: C's integer types, floats and pointers, and what symbols without debug information are.
package indirect enum ValueType: Equatable, Sendable {
  case void
  case integer(size: Int, signed: Bool, name: String)
  /// `float` (4 bytes) or `double` (8 bytes).
  case float(size: Int)
  case pointer(to: ValueType)
  /// A register that holds a code address, as gdb prints `$pc`: `void (*)()`.
  case codePointer
  /// A code symbol without debug information; the value is its address.
  case text
  /// A data symbol without debug information; the value is its address.
  case data
  /// Values side by side in memory, made with `@`.
  case array(of: ValueType, count: Int)
  case string

  /// Unsigned, as in the RISC-V calling convention.
  package static let char = ValueType.integer(size: 1, signed: false, name: "char")
  package static let int = ValueType.integer(size: 4, signed: true, name: "int")
  package static let unsignedInt = ValueType.integer(size: 4, signed: false, name: "unsigned int")
  package static let long = ValueType.integer(size: 8, signed: true, name: "long")
  package static let unsignedLong = ValueType.integer(size: 8, signed: false, name: "unsigned long")

  /// The C spelling.
  package var name: String {
    switch self {
    case .void: "void"
    case .integer(_, _, let name): name
    case .float(let size): size == 4 ? "float" : "double"
    case .pointer(.text): "<text variable, no debug info> *"
    case .pointer(.data): "<data variable, no debug info> *"
    case .pointer(let target): target.name.hasSuffix("*") ? target.name + "*" : target.name + " *"
    case .codePointer: "void (*)()"
    case .text: "<text variable, no debug info>"
    case .data: "<data variable, no debug info>"
    case .array(let element, let count): "\(element.name) [\(count)]"
    case .string: "char *"
    }
  }

  /// Bytes in memory; what pointer arithmetic counts in. One for `void` and code, as gdb has it.
  package var size: Int {
    switch self {
    case .void, .text: 1
    case .integer(let size, _, _), .float(let size): size
    case .pointer, .codePointer, .data: 8
    case .array(let element, let count): element.size * count
    case .string: 8
    }
  }

  var isSigned: Bool { if case .integer(_, let signed, _) = self { signed } else { false } }
  var isInteger: Bool { if case .integer = self { true } else { false } }
  var isFloat: Bool { if case .float = self { true } else { false } }
  /// What a pointer points to, nil for all else.
  var target: ValueType? {
    switch self {
    case .pointer(let target): target
    case .codePointer, .text: .text
    case .data: .data
    default: nil
    }
  }
}

/// An address at the prompt with the space it lies in.
package struct SpacedAddress: Equatable, Sendable {
  package enum Space: String, Sendable {
    case guestVirtual = "gva"
    case guestPhysical = "gpa"
    case hostPhysical = "hpa"
  }
  package var space: Space
  package var value: UInt64
  package init(_ value: UInt64, _ space: Space = .guestVirtual) {
    self.value = value
    self.space = space
  }
  package func advanced(by distance: Int) -> SpacedAddress {
    SpacedAddress(value &+ UInt64(bitPattern: Int64(distance)), space)
  }
  /// `0x80000000`, with `gpa:` or `hpa:` before it where it is not the guest-virtual default.
  package var text: String { (space == .guestVirtual ? "" : "\(space.rawValue):") + hex(value) }
}

/// A value at the prompt: bits, a C type, and where it can be assigned.
package struct Value: Equatable, Sendable {
  /// Where a value came from, when it can be written back.
  package enum Location: Equatable, Sendable {
    case register(String)
    case variable(String)
    case memory(SpacedAddress)
  }
  package var type: ValueType
  /// Two's complement, sign- or zero-extended to 64 bits by type; IEEE bits for floats; the address for pointers.
  package var bits: UInt64
  package var location: Location?
  /// The space that a pointer or address points into.
  package var space: SpacedAddress.Space = .guestVirtual
  package var elements: [UInt64] = []
  package var string = ""

  package init(_ bits: UInt64, _ type: ValueType, location: Location? = nil) {
    self.type = type
    self.location = location
    self.bits = Value.normalised(bits, type)
  }
  package static let void = Value(0, .void)
  package static func int(_ value: Int) -> Value { Value(UInt64(bitPattern: Int64(value)), .int) }
  package static func long(_ value: UInt64) -> Value { Value(value, .long) }
  package static func float(_ value: Float) -> Value { Value(UInt64(value.bitPattern), .float(size: 4)) }
  package static func double(_ value: Double) -> Value { Value(value.bitPattern, .float(size: 8)) }

  static func normalised(_ bits: UInt64, _ type: ValueType) -> UInt64 {
    guard case .integer(let size, let signed, _) = type, size < 8 else {
      if case .float(4) = type { return bits & 0xffff_ffff }
      return bits
    }
    let shift = UInt64(64 - 8 * size)
    return signed ? UInt64(bitPattern: Int64(bitPattern: bits << shift) >> Int64(shift)) : (bits << shift) >> shift
  }

  /// The value as a double, whatever its type.
  package var asDouble: Double {
    switch type {
    case .float(4): Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .float: Double(bitPattern: bits)
    default: type.isSigned ? Double(Int64(bitPattern: bits)) : Double(bits)
    }
  }
  package var isTrue: Bool { type.isFloat ? asDouble != 0 : bits != 0 }
  /// The value as an address.
  package var address: SpacedAddress {
    if case .array = type, case .memory(let address) = location { return address }
    return SpacedAddress(type.isFloat ? UInt64(clampedBits) : bits, space)
  }
  var clampedBits: UInt64 {
    let value = asDouble
    if value.isNaN { return 0 }
    if value >= 9.3e18 { return UInt64(exactly: min(value, 1.8e19).rounded(.towardZero)) ?? .max }
    return UInt64(bitPattern: Int64(exactly: max(value, -9.2e18).rounded(.towardZero)) ?? .min)
  }
}

/// `0x…` without leading zeros.
package func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
/// `0x` and all sixteen digits.
package func hex16(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
}
/// Thousands separated by commas, as counts are shown everywhere.
package func grouped(_ value: UInt64) -> String {
  let digits = Array(String(value))
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}
