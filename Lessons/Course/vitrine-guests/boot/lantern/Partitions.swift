/// The partition table in the first sector of a disk, as PCs have had it since 1983: four entries of 16 bytes at 446, and
/// the two bytes 0x55 0xaa at the end.
enum Partitions {
  /// The type of the partition with the file system.
  static let fileSystemType: UInt8 = 0x7f

  /// A run of sectors.
  struct Partition {
    var first: UInt64
    var count: UInt64
  }

  enum Finding {
    case noTable
    case notThere
    case beyondTheDisk
    case found(Partition)
  }

  /// Looks for the file system's partition on the disk.
  static func find() throws(Failure) -> Finding {
    let page = try PageAllocator.allocate()
    defer { PageAllocator.release(page) }
    try Disk.read(sector: 0, count: 1, into: page)
    guard load8(page.mapped + 510) == 0x55 && load8(page.mapped + 511) == 0xaa else { return .noTable }
    var index: UInt64 = 0
    while index < 4 {
      let entry = page.pointer + Int(446 + 16 * index)
      if entry.load(fromByteOffset: 4, as: UInt8.self) == fileSystemType {
        let first = UInt64(entry.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        let count = UInt64(entry.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        guard first + count <= Disk.sectors else { return .beyondTheDisk }
        return .found(Partition(first: first, count: count))
      }
      index += 1
    }
    return .notThere
  }
}
