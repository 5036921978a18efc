/// The texts of source files: found from the paths that debug information has recorded, read once.
package final class SourceFiles {
  /// Reads a file of the host; nil where there is none.
  package var read: (String) -> [UInt8]? = { _ in nil }
  /// When a file of the host was changed last, in seconds; nil where there is none.
  package var modificationTime: (String) -> Double? = { _ in nil }
  /// What relative paths of images count from.
  package var workingFolder = ""
  /// Where a person said that sources lie, the latest first.
  package var directories: [String] = [] { didSet { texts = [:] } }

  /// A checkout or a copy writes image and sources one after the other, in any order: that much is no change.
  private static let copyingTime = 10.0

  /// A file that was read, in lines.
  package struct Text {
    package let path: String
    package let lines: [String]
  }
  private var texts: [String: Text?] = [:]
  /// Paths that something was said about.
  private var told: Set<String> = []

  init() {}

  /// The text of a file as an image has recorded its path; nil where it cannot be found. `warn` is told once of a file that
  /// is missing or that was changed after the image was built.
  package func text(_ recorded: String, of image: DebugImage, warn: (String) -> Void) -> Text? {
    let key = "\(image.path ?? "")\u{0}\(recorded)"
    let known = texts[key]
    let text = known ?? find(recorded, image)
    texts[key] = .some(text)
    guard known == nil, told.insert(key).inserted else { return text }
    let name = name(of: recorded, in: image)
    guard let text else {
      warn("The source file \(name) is not found: `directory FOLDER` says where it lies.")
      return nil
    }
    if let path = image.path, let built = modificationTime(path), let changed = modificationTime(text.path),
      changed > built + Self.copyingTime
    {
      warn("The source file \(name) was changed after \(image.name) was built: its lines may not fit.")
    }
    return text
  }

  /// A recorded path as it is shown: without `.` and `..` where they lead nowhere, and from the image's folder where it
  /// lies below.
  package func name(of recorded: String, in image: DebugImage) -> String {
    let folder = image.folder
    let home = parts(folder.hasPrefix("/") ? folder : workingFolder + "/" + folder)
    var path = parts(recorded)
    if recorded.hasPrefix("/") {
      guard path.count > home.count, path.starts(with: home) else { return "/" + path.joined(separator: "/") }
      return path.dropFirst(home.count).joined(separator: "/")
    }
    // `../hello/kernel.c` beside `hello/hello.elf` is `kernel.c`.
    if path.count > 2, path[0] == "..", path[1] != "..", path[1] == home.last { path.removeFirst(2) }
    return path.joined(separator: "/")
  }

  private func parts(_ path: String) -> [Substring] {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return parts
  }

  private func find(_ recorded: String, _ image: DebugImage) -> Text? {
    for path in candidates(recorded, image) {
      if let bytes = read(path) {
        let text = String(decoding: bytes, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
          String(line.last == "\r" ? line.dropLast() : line)
        }
        if lines.last == "" { lines.removeLast() }
        return Text(path: path, lines: lines)
      }
    }
    return nil
  }

  private func candidates(_ recorded: String, _ image: DebugImage) -> [String] {
    let name = recorded.split(separator: "/").last.map(String.init) ?? recorded
    let folder = image.folder
    var candidates: [String] = []
    let isAbsolute = recorded.hasPrefix("/")
    for directory in directories {
      if !isAbsolute { candidates.append("\(directory)/\(recorded)") }
      candidates.append("\(directory)/\(name)")
    }
    // A guest of several images has them in folders of its own, and its paths count from the outer one.
    let homes = [folder, "\(folder)/..", "\(folder)/../.."]
    candidates += isAbsolute ? [recorded] : homes.map { "\($0)/\(recorded)" }
    return candidates + ["\(folder)/\(name)"]
  }
}

extension DebugImage {
  /// The folder that relative paths count from.
  var folder: String {
    guard let path, let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
