import SystemPackage

/// A raw disk image: the file's bytes are the disk's sectors of 512 bytes, from first to last.
///
/// Nothing is read before the guest asks for it, so a big sparse image costs nothing.
package final class DiskImage {
  /// What becomes of the guest's writes.
  package enum Mode: Sendable, Equatable {
    /// They are kept in memory; the file is left alone.
    case overlay
    /// There are none: the disk says that it is read-only.
    case readOnly
    /// They go to the file.
    case readWrite
  }

  package static let sectorSize = 512
  /// How much an overlay may hold, in bytes; writes beyond it fail, so that a guest cannot fill the host's memory.
  package static let overlayLimit = 1 << 30

  package let path: FilePath
  package let mode: Mode
  package let sectorCount: UInt64
  package var isReadOnly: Bool { mode == .readOnly }

  private let descriptor: FileDescriptor
  private var overlay: DiskOverlay

  /// Opens an image. `overlayLimit` bounds the changes kept in memory, in bytes.
  package init(
    _ path: FilePath, mode: Mode = .overlay, overlayLimit: Int = DiskImage.overlayLimit
  ) throws(DiskImageError) {
    let byteCount: Int64
    do {
      let status = try path.stat()
      guard status.type == .regular else { throw DiskImageError.notAFile(path: path) }
      descriptor = try FileDescriptor.open(
        path, mode == .readWrite ? .readWrite : .readOnly, options: .closeOnExec)
      byteCount = status.size
    } catch let error as DiskImageError {
      throw error
    } catch {
      throw .cannotOpen(path: path, mode: mode, error as? Errno ?? .ioError)
    }
    self.path = path
    self.mode = mode
    sectorCount = UInt64(byteCount) / UInt64(Self.sectorSize)
    overlay = DiskOverlay(limit: overlayLimit)
    // From here on `deinit` closes the file.
    guard byteCount > 0 else { throw .empty(path: path) }
    guard byteCount % Int64(Self.sectorSize) == 0 else {
      throw .partialSector(path: path, byteCount: Int(byteCount))
    }
    let start = try readFile(at: 0, count: 8)
    for (name, mark) in Self.otherFormats where start.starts(with: mark) {
      throw .otherFormat(path: path, format: name)
    }
  }

  /// Formats that a guest would destroy if their bytes were taken for a disk's, by what they begin with.
  private static let otherFormats: [(String, [UInt8])] = [
    ("qcow2", [0x51, 0x46, 0x49, 0xfb]), ("vmdk", Array("KDMV".utf8)), ("vhdx", Array("vhdxfile".utf8)),
  ]

  deinit { try? descriptor.close() }

  /// Whether `byteCount` bytes from a sector on are whole sectors of this disk.
  package func contains(sector: UInt64, byteCount: UInt64) -> Bool {
    let count = byteCount / UInt64(Self.sectorSize)
    return byteCount % UInt64(Self.sectorSize) == 0 && sector <= sectorCount && count <= sectorCount - sector
  }

  /// Reads bytes of the disk, all of which exist. `offset` may lie inside a sector.
  package func read(at offset: UInt64, count: Int) throws(DiskImageError) -> [UInt8] {
    guard mode == .overlay, !overlay.isEmpty else { return try readFile(at: offset, count: count) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for part in DiskOverlay.parts(offset: offset, count: count) {
      if let cluster = overlay[part.cluster] {
        bytes.append(contentsOf: cluster[part.range])
      } else {
        bytes.append(contentsOf: try readFile(at: part.offset, count: part.range.count))
      }
    }
    return bytes
  }

  /// Writes bytes of the disk, all of which exist.
  package func write(_ bytes: [UInt8], at offset: UInt64) throws(DiskImageError) {
    switch mode {
    case .readOnly: throw .readOnly(path: path)
    case .readWrite: try writeFile(bytes, at: offset)
    case .overlay:
      var done = 0
      for part in DiskOverlay.parts(offset: offset, count: bytes.count) {
        if overlay[part.cluster] == nil {
          guard !overlay.isFull else { throw .overlayFull(path: path, limit: overlay.limit) }
          let start = part.cluster * UInt64(DiskOverlay.clusterSize)
          let rest = sectorCount * UInt64(Self.sectorSize) - start
          overlay[part.cluster] = try readFile(at: start, count: Int(min(rest, UInt64(DiskOverlay.clusterSize))))
        }
        overlay.replace(part.cluster, part.range, with: bytes[done..<done + part.range.count])
        done += part.range.count
      }
    }
  }

  /// Makes earlier writes safe from a loss of power.
  package func flush() throws(DiskImageError) {
    guard mode == .readWrite else { return }
    guard fsyncFile(descriptor.rawValue) == 0 else { throw .failed(path: path, .ioError) }
  }

  private func readFile(at offset: UInt64, count: Int) throws(DiskImageError) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        while filled < count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
          let got = try descriptor.read(fromAbsoluteOffset: Int64(offset) + Int64(filled), into: rest)
          // Somebody cut the file while we have it open.
          guard got > 0 else { throw Errno.ioError }
          filled += got
        }
      }
    } catch {
      throw .failed(path: path, error as? Errno ?? .ioError)
    }
  }

  private func writeFile(_ bytes: [UInt8], at offset: UInt64) throws(DiskImageError) {
    do {
      _ = try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes)
    } catch {
      throw .failed(path: path, error as? Errno ?? .ioError)
    }
  }
}

/// Why a disk image was refused, or an access to it failed.
package enum DiskImageError: Error, Sendable {
  /// The file cannot be opened as the mode asks.
  case cannotOpen(path: FilePath, mode: DiskImage.Mode, Errno)
  /// The path names a directory or another thing without a size.
  case notAFile(path: FilePath)
  /// The file has no bytes.
  case empty(path: FilePath)
  /// The file is not a whole number of 512-byte sectors: it has `byteCount` bytes. Pad it or pass the right file.
  case partialSector(path: FilePath, byteCount: Int)
  /// The file is an image of another format, whose bytes are not a disk's.
  case otherFormat(path: FilePath, format: String)
  /// Reading or writing the file failed while the guest ran.
  case failed(path: FilePath, Errno)
  /// The disk is read-only.
  case readOnly(path: FilePath)
  /// The changes kept in memory have reached `limit` bytes.
  case overlayFull(path: FilePath, limit: Int)
}

extension DiskImageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotOpen(let path, let mode, let error):
      "cannot open the disk image \(path)\(mode == .readWrite ? " for writing" : ""): \(error); "
        + "check the path and its permissions"
    case .notAFile(let path): "the disk image \(path) is not a regular file; name the image itself"
    case .empty(let path): "the disk image \(path) is empty; was it built or copied completely?"
    case .otherFormat(let path, let format):
      "\(path) is a \(format) image, and only raw ones are read; convert it: qemu-img convert -O raw \(path) disk.raw"
    case .partialSector(let path, let byteCount):
      "the disk image \(path) is not a whole number of 512-byte sectors: it has \(byteCount) bytes; "
        + "pad it, or pass the right file"
    case .failed(let path, let error): "the disk image \(path) failed: \(error)"
    case .readOnly(let path): "the disk image \(path) is read-only"
    case .overlayFull(let path, let limit):
      "the changes to \(path) kept in memory have reached \(limit >> 20) MiB; use the disk with ,rw"
    }
  }
}
