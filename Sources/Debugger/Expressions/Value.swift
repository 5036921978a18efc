import RISCV

/// An address at the prompt with the space it lies in.
package struct SpacedAddress: Equatable, Sendable {
  package enum Space: String, Sendable, CaseIterable {
    case guestVirtual = "gva"
    case guestPhysical = "gpa"
    case hostPhysical = "hpa"
    /// Bytes from the start of the translation cache.
    case translationCache = "tc"
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
  /// `0x80000000`, with `gpa:`, `hpa:` or `tc:` before it where it is not the guest-virtual default.
  package var text: String { (space == .guestVirtual ? "" : "\(space.rawValue):") + hex(value) }
}

/// A value at the prompt: bits or bytes, a C type, and where it can be assigned.
package struct Value: Equatable {
  /// Where a value came from, when it can be written back.
  package enum Location: Equatable, Sendable {
    case register(String)
    case variable(String)
    case memory(SpacedAddress)
    /// Some bits of the bytes at an address, from the least significant one.
    case bitField(SpacedAddress, first: Int, count: Int)
  }
  package var type: ValueType
  /// Two's complement, sign- or zero-extended to 64 bits by type; IEEE bits for floats; the address for pointers.
  package var bits: UInt64
  package var location: Location?
  /// The space that a pointer or address points into.
  package var space: SpacedAddress.Space = .guestVirtual
  /// The contents of an array or a structure.
  package var bytes: [UInt8] = []
  package var string = ""

  package init(_ bits: UInt64, _ type: ValueType, location: Location? = nil) {
    self.type = type
    self.location = location
    self.bits = Value.normalised(bits, type)
  }
  package static var void: Value { Value(0, .void) }
  package static func int(_ value: Int) -> Value { Value(UInt64(bitPattern: Int64(value)), .int) }
  package static func long(_ value: UInt64) -> Value { Value(value, .long) }
  package static func text(_ text: String) -> Value {
    var value = Value(0, .string)
    value.string = text
    return value
  }
  package static func float(_ value: Float) -> Value { Value(UInt64(value.bitPattern), .float(size: 4)) }
  package static func double(_ value: Double) -> Value { Value(value.bitPattern, .float(size: 8)) }

  static func normalised(_ bits: UInt64, _ type: ValueType) -> UInt64 {
    let type = type.resolved
    switch type {
    case .integer(let size, _, _), .boolean(let size, _): return extended(bits, size, type.isSigned)
    case .enumeration(let enumeration): return extended(bits, enumeration.size, enumeration.isSigned)
    case .float(4): return bits & 0xffff_ffff
    default: return bits
    }
  }

  /// The low `size` bytes with their sign, or zeros, before them.
  private static func extended(_ bits: UInt64, _ size: Int, _ signed: Bool) -> UInt64 {
    guard (1..<8).contains(size) else { return bits }
    let shift = UInt64(64 - 8 * size)
    return signed ? UInt64(bitPattern: Int64(bitPattern: bits << shift) >> Int64(shift)) : (bits << shift) >> shift
  }

  /// A value of a type from its bytes in memory.
  package init(bytes: some Collection<UInt8>, _ type: ValueType, location: Location? = nil) {
    self.init(bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }, type, location: location)
    guard type.isAggregate else { return }
    self.bytes = Array(bytes)
    if case .memory(let address) = location { bits = address.value }
  }

  /// A member of a structure.
  func part(_ member: StructureType.Member) -> Value {
    let size = max(0, min(member.type.size, bytes.count - min(member.offset, bytes.count)))
    let slice = bytes.dropFirst(member.offset).prefix(size)
    var place: Location?
    if case .memory(let address) = location { place = .memory(address.advanced(by: member.offset)) }
    guard let bits = member.bits else { return Value(bytes: slice, member.type, location: place) }
    if case .memory(let address) = place { place = .bitField(address, first: bits.first, count: bits.count) }
    // A bit field may reach beyond the bytes of its type.
    let whole = bytes.dropFirst(member.offset).prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let shift = UInt64(max(0, 64 - bits.count))
    let raw = (whole >> UInt64(bits.first)) << shift
    let value = member.type.isSigned ? UInt64(bitPattern: Int64(bitPattern: raw) >> Int64(shift)) : raw >> shift
    return Value(value, member.type, location: place)
  }

  /// An element of an array that lies nowhere in memory.
  func element(_ index: Int, of type: ValueType) -> Value? {
    let size = type.size
    guard index >= 0, size > 0, bytes.count / size > index else { return nil }
    return Value(bytes: bytes[(index * size)..<((index + 1) * size)], type)
  }

  /// The value as a double, whatever its type.
  package var asDouble: Double {
    switch type.resolved {
    case .float(4): Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .float: Double(bitPattern: bits)
    default: type.isSigned ? Double(Int64(bitPattern: bits)) : Double(bits)
    }
  }
  package var isTrue: Bool { type.isFloat ? asDouble != 0 : bits != 0 }
  /// The value as an address; what lies in memory as a whole stands for its own.
  package var address: SpacedAddress {
    if type.isAggregate, case .memory(let address) = location { return address }
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
