import Debugger

/// A digest of what a grade follows from. It tells whether something changed; it keeps no secret.
package struct GradeKey: Sendable, CustomStringConvertible {
  private var hash = FNV1a()

  package init() {}

  /// The length comes first, so that two texts never run into each other.
  package mutating func add(_ bytes: some Collection<UInt8>) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.combine($0) }
    hash.combine(bytes)
  }
  package mutating func add(_ text: String) { add(text.utf8) }

  package var description: String { hex16(hash.value) }
}
