/// The bytes of a trace on their way to the file: a buffer of a fixed size and what is written by hand into it, since formatting
/// decides the speed of a trace.
///
/// Nothing here looks for the end of the buffer. Whoever writes asks ``isNearlyFull`` before each line. A copy shares the buffer:
/// whoever writes takes one and gives it back, since access to a variable of an object is checked each time.
struct TraceText {
  private static let capacity = 1 << 18
  /// More than the longest line.
  private static let room = 1 << 14
  private let start: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer

  init() {
    start = .allocate(byteCount: Self.capacity, alignment: 16)
    end = start
  }
  func deallocate() { start.deallocate() }

  var isNearlyFull: Bool { end - start > Self.capacity - Self.room }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: end - start) }
  mutating func removeAll() { end = start }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    end.storeBytes(of: byte, as: UInt8.self)
    end += 1
  }

  @inline(__always)
  mutating func ascii(_ text: StaticString) {
    end.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    end += text.utf8CodeUnitCount
  }

  mutating func text(_ text: [UInt8]) {
    text.withUnsafeBytes { end.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    end += text.count
  }

  /// A short name, packed.
  @inline(__always)
  mutating func name(_ name: PackedName) {
    end.storeBytes(of: name.bytes, as: UInt64.self)
    end += name.count
  }

  // MARK: Numbers

  /// The eight hexadecimal digits of a word, the first digit in the lowest byte.
  @inline(__always)
  private static func digits(_ word: UInt32) -> UInt64 {
    var spread = UInt64(word)
    spread = (spread | spread &<< 16) & 0x0000_ffff_0000_ffff
    spread = (spread | spread &<< 8) & 0x00ff_00ff_00ff_00ff
    spread = (spread | spread &<< 4) & 0x0f0f_0f0f_0f0f_0f0f
    let isLetter = ((spread &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
    return (spread &+ 0x3030_3030_3030_3030 &+ isLetter &* 39).byteSwapped
  }

  /// `0x` and all digits of a number of `bytes` bytes.
  @inline(__always)
  mutating func hex(_ value: UInt64, bytes: Int) {
    end.storeBytes(of: 0x7830, as: UInt16.self)
    let aligned = value &<< UInt64(64 &- 8 &* bytes)
    (end + 2).storeBytes(of: Self.digits(UInt32(truncatingIfNeeded: aligned &>> 32)), as: UInt64.self)
    (end + 10).storeBytes(of: Self.digits(UInt32(truncatingIfNeeded: aligned)), as: UInt64.self)
    end += 2 &+ 2 &* bytes
  }

  /// `"0x…"` with as many digits as the number has.
  @inline(__always)
  mutating func quotedHex(_ value: UInt64) {
    let count = value == 0 ? 1 : (67 &- value.leadingZeroBitCount) &>> 2
    end.storeBytes(of: 0x78_3022, as: UInt32.self)
    let aligned = value &<< UInt64(64 &- 4 &* count)
    (end + 3).storeBytes(of: Self.digits(UInt32(truncatingIfNeeded: aligned &>> 32)), as: UInt64.self)
    (end + 11).storeBytes(of: Self.digits(UInt32(truncatingIfNeeded: aligned)), as: UInt64.self)
    end += 3 &+ count
    byte(UInt8(ascii: "\""))
  }

  mutating func decimal(_ value: UInt64) {
    var count = 1
    var limit: UInt64 = 10
    while value >= limit {
      count += 1
      let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
      if overflow { break }
      limit = next
    }
    var rest = value
    var place = end + count
    end = place
    repeat {
      place -= 1
      place.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ rest % 10), as: UInt8.self)
      rest /= 10
    } while rest != 0
  }
}

/// Up to eight characters in one word.
struct PackedName {
  var bytes: UInt64 = 0
  var count = 0

  init(_ name: String) {
    for byte in name.utf8.prefix(8) {
      bytes |= UInt64(byte) << UInt64(8 * count)
      count += 1
    }
  }
}
