/// A path taken apart, `.` and `..` resolved as far as that goes without a file system, to be compared with another.
struct SourcePath: Hashable, Sendable {
  private let components: [Substring]
  private let isAbsolute: Bool

  init(_ path: String) {
    var components: [Substring] = []
    for component in path.split(separator: "/") where component != "." {
      if component == "..", let last = components.last, last != ".." {
        components.removeLast()
      } else {
        components.append(component)
      }
    }
    self.components = components
    isAbsolute = path.utf8.first == UInt8(ascii: "/")
  }

  /// Whether the last components are those of `suffix`; an absolute one must be the whole path.
  func hasSuffix(_ suffix: SourcePath) -> Bool {
    if suffix.isAbsolute { return self == suffix }
    guard let last = suffix.components.last, last != ".." else { return false }
    // Where a beginning `..` leads, nobody knows.
    let known = suffix.components.drop { $0 == ".." }
    return components.suffix(known.count).elementsEqual(known)
  }

  /// Whether a path with this end may have `self` as its suffix.
  func mayEnd(_ name: String) -> Bool {
    guard let last = components.last else { return false }
    return name.utf8.reversed().starts(with: last.utf8.reversed())
  }
}
