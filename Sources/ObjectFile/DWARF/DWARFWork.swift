/// How much may still be read for one file. Parts can share bytes, so that a small file can describe more than anybody
/// waits for: a thousand units with one line program each, all of them the same megabyte. Files that tools make read
/// each byte about once.
struct DWARFWork: Sendable {
  private var left: UInt64

  /// For a file with this many bytes of debugging information.
  init(size: UInt64) { left = 16 * size + 1 << 20 }

  /// Takes the reading of some bytes into account.
  mutating func spend(_ bytes: UInt64, at place: DWARFPlace) throws(DWARFError) {
    guard bytes <= left else { throw .tooMuchWork(place) }
    left -= bytes
  }
}
