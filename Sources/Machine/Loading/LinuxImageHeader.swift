/// The header of a RISC-V Linux `Image` (Linux documentation, "Boot image header in RISC-V Linux").
package struct LinuxImageHeader: Sendable, Equatable {
  package static let byteCount = 64
  /// Where the image wants to be, counted from the start of RAM.
  package var textOffset: UInt64
  /// Bytes in memory, what is not in the file included.
  package var imageSize: UInt64

  /// Nil when the bytes are no such header.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.byteCount, bytes[0x38..<0x3c].elementsEqual("RSC\u{5}".utf8) else { return nil }
    func double(at offset: Int) -> UInt64 {
      bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    textOffset = double(at: 8)
    imageSize = double(at: 16)
  }
}
