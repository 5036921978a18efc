import Console
import Debugger
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole files, read and written for the prompt.
enum Files {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The current directory; empty where it is gone.
  static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }

  /// When a file was changed last, in seconds; nil where there is none.
  static func modificationTime(_ path: String) -> Double? {
    var status = stat()
    guard stat(expand(path), &status) == 0 else { return nil }
    #if canImport(Glibc)
      return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    #else
      return Double(status.st_mtimespec.tv_sec) + Double(status.st_mtimespec.tv_nsec) / 1e9
    #endif
  }

  /// `~/` at the beginning is the home folder.
  static func expand(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }

  static func read(_ path: String) throws(CommandError) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(FilePath(expand(path)), .readOnly)
      defer { try? file.close() }
      var bytes: [UInt8] = []
      let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
      defer { chunk.deallocate() }
      while true {
        let count = try file.read(into: chunk)
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        if bytes.count > 1 << 30 { throw CommandError.failed("\(path): the file is larger than 1 GiB.") }
      }
    } catch let error as Errno {
      throw .failed("\(path): \(error).")
    } catch let error as CommandError {
      throw error
    } catch {
      throw .failed("\(path): \(error)")
    }
  }

  /// Adds to a file, or puts another in its place, all at once.
  static func write(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    guard append else {
      do { return try OutputFile(path, else: "").write(bytes) } catch { throw .failed("\(error)") }
    }
    do {
      let file = try FileDescriptor.open(
        FilePath(expand(path)), .writeOnly, options: [.create, .append],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      defer { try? file.close() }
      try file.writeAll(bytes)
    } catch { throw .failed("\(path): \(error).") }
  }

  /// Paths that begin with `prefix`.
  static func complete(_ prefix: String) -> [String] {
    let slash = prefix.lastIndex(of: "/")
    let folder = slash.map { String(prefix[...$0]) } ?? ""
    let name = slash.map { String(prefix[prefix.index(after: $0)...]) } ?? prefix
    guard let directory = opendir(expand(folder.isEmpty ? "." : folder)) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let isFolder = Int(entry.pointee.d_type) == Int(DT_DIR)
      let item = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard item.hasPrefix(name), item != ".", item != "..", !item.hasPrefix(".") || name.hasPrefix(".") else {
        continue
      }
      found.append(folder + item + (isFolder ? "/" : ""))
    }
    return found.sorted()
  }
}
