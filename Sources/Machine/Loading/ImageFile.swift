import SystemPackage

/// A regular file that is read to be loaded.
struct ImageFile: ~Copyable {
  let path: FilePath
  let byteCount: UInt64
  private let descriptor: FileDescriptor

  /// Opens a file. Throws for what is unreadable, empty or no regular file (opening a pipe would wait for its writer).
  init(_ path: FilePath) throws(MachineError) {
    self.path = path
    (descriptor, byteCount) = try Self.open(path)
  }

  private static func open(_ path: FilePath) throws(MachineError) -> (FileDescriptor, byteCount: UInt64) {
    do {
      let status = try path.stat()
      guard status.type == .regular else { throw MachineError.notAFile(path: path) }
      guard status.size > 0 else { throw MachineError.emptyFile(path: path) }
      return (try FileDescriptor.open(path, .readOnly, options: .closeOnExec), UInt64(status.size))
    } catch let error as MachineError {
      throw error
    } catch {
      throw .unreadable(path: path, error as? Errno ?? .ioError)
    }
  }

  deinit { try? descriptor.close() }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  func read(at offset: UInt64, count: Int) throws(MachineError) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        while filled < count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
          let got = try descriptor.read(fromAbsoluteOffset: Int64(offset) + Int64(filled), into: rest)
          if got == 0 { break }
          filled += got
        }
      }
    } catch {
      throw .unreadable(path: path, error as? Errno ?? .ioError)
    }
  }

  func readAll() throws(MachineError) -> [UInt8] { try read(at: 0, count: Int(byteCount)) }
}
