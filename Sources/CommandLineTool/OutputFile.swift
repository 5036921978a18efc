import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that a command writes at its end, all at once: who looks finds what was there before, or the whole.
///
/// Whether it can be written is found out at the beginning, before a long run would be for nothing.
struct OutputFile {
  private let path: String
  /// What `path` leads to, and whether that is no plain file, so that nothing can take its place.
  private let target: String
  private let isSpecial: Bool

  /// Finds out that the file can be written, before anything is run.
  init(_ path: String) throws { try self.init(path, else: "; nothing was run") }

  /// As ``init(_:)``; a message about a file that cannot be written ends in `rest`.
  init(_ path: String, else rest: String) throws {
    self.path = path
    guard !path.isEmpty else { throw Failure("\"\": that is no name; name a file.") }
    var target = Files.expand(path)
    if let resolved = realpath(target, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
    self.target = target
    var status = stat()
    let exists = stat(target, &status) == 0
    guard !target.isEmpty, !target.hasSuffix("/"), !exists || status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure("\(path): that is a folder; name a file.")
    }
    isSpecial = exists && status.st_mode & S_IFMT != S_IFREG
    if exists, access(target, W_OK) != 0 { throw Failure("\(path): \(Errno(rawValue: errno))\(rest).") }
    guard !isSpecial else { return }
    do {
      let file = try create()
      try file.close()
    } catch { throw Failure("\(path): \(error)\(rest).") }
    unlink(neighbour)
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    do {
      let file = isSpecial ? try FileDescriptor.open(FilePath(target), .writeOnly) : try create()
      try file.closeAfter { _ = try file.writeAll(bytes) }
      if !isSpecial, rename(neighbour, target) != 0 { throw Errno(rawValue: errno) }
    } catch {
      if !isSpecial { unlink(neighbour) }
      throw Failure("\(path): \(error).")
    }
  }

  /// Beside the file, so that it can take its place.
  private var neighbour: String { "\(target).\(getpid())" }

  private func create() throws -> FileDescriptor {
    try FileDescriptor.open(
      FilePath(neighbour), .writeOnly, options: [.create, .truncate],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
  }
}
