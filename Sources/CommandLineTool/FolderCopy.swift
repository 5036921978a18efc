import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Copies a folder with everything in it.
enum FolderCopy {
  /// Makes `target` a copy of `source`: folders, files with their run bits, symbolic links as they are.
  static func copy(_ source: FilePath, to target: FilePath) throws(Errno) {
    var status = stat()
    guard lstat(source.string, &status) == 0 else { throw Errno(rawValue: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      guard mkdir(target.string, 0o777) == 0 else { throw Errno(rawValue: errno) }
      for name in try names(in: source) { try copy(source.appending(name), to: target.appending(name)) }
    case S_IFLNK:
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let count = readlink(source.string, &buffer, Int(PATH_MAX))
      guard count >= 0, symlink(&buffer, target.string) == 0 else { throw Errno(rawValue: errno) }
    default:
      try copyFile(source, to: target, permissions: FilePermissions(rawValue: status.st_mode & 0o777))
    }
  }

  private static func names(in folder: FilePath) throws(Errno) -> [String] {
    guard let directory = opendir(folder.string) else { throw Errno(rawValue: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The copy can be written to, whatever the original.
  private static func copyFile(
    _ source: FilePath, to target: FilePath, permissions: FilePermissions
  ) throws(Errno) {
    do {
      let input = try FileDescriptor.open(source, .readOnly)
      defer { try? input.close() }
      let output = try FileDescriptor.open(
        target, .writeOnly, options: [.create, .exclusiveCreate], permissions: permissions.union(.ownerReadWrite))
      defer { try? output.close() }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
      defer { buffer.deallocate() }
      while case let count = try input.read(into: buffer), count > 0 { try output.writeAll(buffer[..<count]) }
    } catch { throw error as? Errno ?? .ioError }
  }
}
