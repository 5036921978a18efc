import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder of a run's own, such as for students' programs while they are graded, each in a folder in it; removed at the end.
struct ScratchFolder {
  let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/vitrine-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure("\(base): \(Errno(rawValue: errno))") }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  func path(of index: Int) -> String { "\(path)/\(index)" }
  func remove(_ index: Int) { Self.remove(path(of: index)) }
  func remove() { Self.remove(path) }

  /// Removes a folder and what is in it, files and folders of this tool's making alone.
  static func remove(_ folder: String) {
    for path in Files.complete(folder + "/") {
      if path.hasSuffix("/") { remove(String(path.dropLast())) } else { unlink(path) }
    }
    rmdir(folder)
  }
}
