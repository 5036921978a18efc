/// An Ethernet address of 48 bits (IEEE 802).
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address in its low 48 bits, the first byte on the wire highest.
  package let value: UInt64

  package init(_ value: UInt64) { self.value = value & 0xffff_ffff_ffff }

  /// The six bytes from `offset` of a frame, which has them.
  init(_ frame: [UInt8], at offset: Int) {
    self.init(frame[offset..<offset + 6].reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// The address that QEMU gives the network device with this number, and so do we: `52:54:00:12:34:56` and on.
  package init(device number: Int) { self.init(0x5254_0012_3456 &+ UInt64(number)) }

  /// Reads six bytes in hexadecimal with colons or dashes between them; nil for anything else.
  package init?(parsing text: String) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
    guard parts.count == 6 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard (1...2).contains(part.count), part.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16) else {
        return nil
      }
      value = value << 8 | UInt64(byte)
    }
    self.init(value)
  }

  package var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * $0)) } }
  /// It names a group: broadcast or multicast.
  package var isGroup: Bool { value >> 40 & 1 != 0 }

  package var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
