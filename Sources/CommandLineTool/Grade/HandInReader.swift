import LessonKit
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads hand-ins: what lies in a folder of submissions may be anything.
enum HandInReader {
  /// The bytes, as many as a hand-in may have and one more. Waits for nobody: pipes and devices are refused.
  static func read(_ path: String) throws -> [UInt8] {
    let limit = HandIn.Bounds.fileSize + 1
    do {
      let file = try FileDescriptor.open(
        FilePath(Files.expand(path)), .readOnly, options: [.nonBlocking, .closeOnExec])
      return try file.closeAfter {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
          throw Failure("\(path): it is no plain file.")
        }
        return try [UInt8](unsafeUninitializedCapacity: min(limit, Int(status.st_size) + 1)) { buffer, count in
          while count < buffer.count {
            let read = try file.read(
              into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
            if read == 0 { break }
            count += read
          }
        }
      }
    } catch let error as Errno { throw Failure("\(path): \(error).") }
  }
}
