/// A line of text that is put together from words and numbers: `"\(count) pages"`. It lies in place, needs no memory from
/// anywhere, and so can also be said when memory has run out. What does not fit is cut off.
struct Message: ExpressibleByStringInterpolation {
  static let capacity = 200
  private var bytes = InlineArray<200, UInt8>(repeating: 0)
  private(set) var count = 0

  init() {}
  init(stringLiteral text: StaticString) { append(text) }
  init(stringInterpolation: StringInterpolation) { self = stringInterpolation.message }

  mutating func append(byte: UInt8) {
    guard count < Message.capacity else { return }
    bytes[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    var index = 0
    while index < text.utf8CodeUnitCount {
      append(byte: text.utf8Start[index])
      index += 1
    }
  }

  /// Digits of `value` in `base`, at least `width` of them, with zeros in front.
  mutating func append(_ value: UInt64, base: UInt64, width: Int = 1) {
    if value >= base || width > 1 { append(value / base, base: base, width: width - 1) }
    let digit = UInt8(truncatingIfNeeded: value % base)
    append(byte: digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
  }

  /// Spaces up to `column`, for tables.
  mutating func pad(to column: Int) {
    while count < column { append(byte: 0x20) }
  }

  /// Lends the bytes of the text.
  func withBytes(_ body: (UnsafePointer<UInt8>, Int) -> Void) {
    var copy = bytes
    let count = count
    withUnsafePointer(to: &copy) { body(UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self), count) }
  }

  /// What the compiler calls, piece by piece, for a literal with `\(…)` in it.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var message = Message()

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ text: StaticString) { message.append(text) }
    mutating func appendInterpolation(_ text: StaticString) { message.append(text) }
    mutating func appendInterpolation(_ value: UInt64) { message.append(value, base: 10) }
    mutating func appendInterpolation(_ value: UInt32) { message.append(UInt64(value), base: 10) }
    mutating func appendInterpolation(_ value: Int) {
      if value < 0 { message.append(byte: 0x2d) }
      message.append(UInt64(value.magnitude), base: 10)
    }
    mutating func appendInterpolation(hex value: UInt64) {
      message.append("0x")
      message.append(value, base: 16)
    }
    mutating func appendInterpolation(_ text: Text) {
      var index = 0
      while index < text.count {
        message.append(byte: text[index])
        index += 1
      }
    }
    mutating func appendInterpolation(_ name: Name) { name.withText { appendInterpolation($0) } }
    /// Spaces up to a column.
    mutating func appendInterpolation(column: Int) { message.pad(to: column) }
  }
}
