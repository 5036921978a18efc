/// What the guest has printed since reset.
struct ConsoleLog: Sendable {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  /// The guest was taken back to where it had printed so many bytes: the same ones.
  mutating func forget(after count: UInt64) { bytes = Array(bytes.prefix(Int(clamping: count))) }
  /// Takes what a replay has printed.
  mutating func replace(with bytes: [UInt8]) { self.bytes = bytes }

  /// Whether a text is part of it, returns of the carriage left out.
  func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8.lazy.filter { $0 != 13 })
    guard let first = wanted.first else { return true }
    let printed = bytes.filter { $0 != 13 }
    guard printed.count >= wanted.count else { return false }
    for start in 0...(printed.count - wanted.count) where printed[start] == first {
      if printed[start..<(start + wanted.count)].elementsEqual(wanted) { return true }
    }
    return false
  }
}
