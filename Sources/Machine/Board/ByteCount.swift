/// Sizes of memory as people write them.
package enum ByteCount {
  private static let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]

  /// Reads `256M`, `1G`, `65536K`, or a bare number, of mebibytes as QEMU has it if nothing else is said; nil for anything else.
  package static func parse(_ text: String, bare: UInt64 = 1 << 20) -> UInt64? {
    let unit = text.uppercased().last.flatMap { units[$0] }
    guard let number = UInt64(unit == nil ? text[...] : text.dropLast()),
      case (let size, false) = number.multipliedReportingOverflow(by: unit ?? bare)
    else { return nil }
    return size
  }
}
