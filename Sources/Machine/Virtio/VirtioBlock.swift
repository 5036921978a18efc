import RISCV

/// A virtio block device on a disk image (Virtio specification, "Block Device"): read, write, flush and identity.
package final class VirtioBlock: VirtioFunction {
  package let name = "block"
  package let deviceID: UInt32 = 2
  package let queueCount = 1
  package let disk: DiskImage

  private let identity: String
  /// The latest failure of the file itself, which the guest only knows as an I/O error.
  private var failure: DiskImageError?

  private enum Feature {
    static let maximumSegments: UInt64 = 1 << 2
    static let readOnly: UInt64 = 1 << 5
    static let blockSize: UInt64 = 1 << 6
    static let flush: UInt64 = 1 << 9
  }

  private enum Request {
    static let read: UInt32 = 0
    static let write: UInt32 = 1
    static let flush: UInt32 = 4
    static let identity: UInt32 = 8
  }

  private enum Status: UInt8 {
    case success = 0
    case failed = 1
    case unsupported = 2
  }

  /// Data moves through the host in pieces of so many bytes.
  private static let piece: UInt64 = 1 << 18
  private static let headerSize: UInt64 = 16

  /// `identity` is what the guest reads as the disk's serial number, at most 20 bytes of it.
  package init(_ disk: DiskImage, identity: String) {
    self.disk = disk
    self.identity = identity
  }

  package var features: UInt64 {
    Feature.maximumSegments | Feature.blockSize | Feature.flush | (disk.isReadOnly ? Feature.readOnly : 0)
  }

  package var configuration: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: disk.sectorCount)
    bytes.append(littleEndian: UInt32(0))  // no limit to the size of a segment
    bytes.append(littleEndian: UInt32(VirtioQueue.maximumSize) - 2)  // segments beside header and status
    bytes.append(littleEndian: UInt32(0))  // no geometry
    bytes.append(littleEndian: UInt32(DiskImage.sectorSize))
    return bytes
  }

  package func serve(
    _ chain: VirtioChain, queue: Int, memory: PhysicalMemory
  ) throws(VirtioFault) -> UInt32 {
    guard chain.readable.count >= Self.headerSize, chain.writable.count >= 1 else {
      throw VirtioFault("a block request without header or status")
    }
    let status: Status
    do {
      status = try carryOut(chain, memory)
    } catch {
      failure = error
      status = .failed
    }
    chain.writable.write([status.rawValue], at: chain.writable.count - 1, to: memory)
    return UInt32(truncatingIfNeeded: chain.writable.count)
  }

  private func carryOut(_ chain: VirtioChain, _ memory: PhysicalMemory) throws(DiskImageError) -> Status {
    let header = chain.readable.read(at: 0, count: Int(Self.headerSize), from: memory)
    let type = header[0..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let sector = header[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // The image says whether the sector exists before anyone believes the product.
    let start = sector &* UInt64(DiskImage.sectorSize)
    switch type {
    case Request.read:
      let count = chain.writable.count - 1
      guard disk.contains(sector: sector, byteCount: count) else { return .failed }
      for offset in stride(from: 0, to: count, by: Int(Self.piece)) {
        let bytes = try disk.read(at: start + offset, count: Int(min(count - offset, Self.piece)))
        chain.writable.write(bytes, at: offset, to: memory)
      }
    case Request.write:
      let count = chain.readable.count - Self.headerSize
      guard !disk.isReadOnly, disk.contains(sector: sector, byteCount: count) else { return .failed }
      for offset in stride(from: 0, to: count, by: Int(Self.piece)) {
        let part = Int(min(count - offset, Self.piece))
        try disk.write(chain.readable.read(at: Self.headerSize + offset, count: part, from: memory), at: start + offset)
      }
    case Request.flush: try disk.flush()
    case Request.identity:
      let text = Array(identity.utf8.prefix(20)) + [UInt8](repeating: 0, count: 20)
      chain.writable.write(Array(text.prefix(Int(min(20, chain.writable.count - 1)))), at: 0, to: memory)
    default: return .unsupported
    }
    return .success
  }

  package var fields: [DeviceField] {
    var fields = [DeviceField("disk", "\(disk.path), \(disk.sectorCount) sectors, \(disk.mode)")]
    if let failure { fields.append(.init("latest failure", failure)) }
    return fields
  }
}
