import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder for the students' programs while they are graded, with a folder in it for each; removed at the end.
struct ScratchFolder {
  let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/vitrine-grade-XXXXXX".utf8CString)
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
