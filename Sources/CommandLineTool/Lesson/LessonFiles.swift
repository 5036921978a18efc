import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Copies of a lesson's files.
enum LessonFiles {
  /// Copies a file to `folder` as `name`, or a folder's content into it; what is there already stays as it is.
  static func copyMissing(from source: String, to folder: String, named name: String) throws {
    guard Files.isFolder(source) else {
      let target = folder + "/" + name
      guard !Files.exists(target) else { return }
      if let slash = name.lastIndex(of: "/") { try StudentFolder.makeFolders(folder + "/" + name[..<slash]) }
      return try copy(source, target)
    }
    for path in Files.complete(source + "/") {
      let name = String(path.dropFirst(source.count + 1))
      guard name.hasSuffix("/") else {
        if !Files.exists(folder + "/" + name) { try copy(path, folder + "/" + name) }
        continue
      }
      try StudentFolder.makeFolders(folder + "/" + name.dropLast())
      try copyMissing(from: String(path.dropLast()), to: folder + "/" + name.dropLast(), named: "")
    }
  }

  private static func copy(_ source: String, _ target: String) throws {
    do { try FolderCopy.copy(FilePath(source), to: FilePath(target)) } catch { throw Failure("\(target): \(error)") }
  }
}
