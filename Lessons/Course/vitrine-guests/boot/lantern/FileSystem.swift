/// lanternfs, a file system that is only read: a superblock, a directory, and files that lie in a row.
///
///     superblock  "LANTRNFS", version 1, total sectors, number of files, first sector of the directory, its CRC-32
///     entry       40 bytes of name, first sector, byte count, CRC-32, 12 bytes of zero
///
/// Numbers are little-endian, of 32 bits; sectors of 512 bytes count from the partition's first.
enum FileSystem {
  struct File {
    var name: Name
    var firstSector: UInt32
    var byteCount: UInt32
    var checksum: UInt32
    /// Zero on the disk. In memory it says whether the checksum has been found to be right.
    fileprivate var isVerified: UInt32
    fileprivate var unused: UInt64
  }

  private nonisolated(unsafe) static var partition = Partitions.Partition(first: 0, count: 0)
  private nonisolated(unsafe) static var directory: UnsafeMutablePointer<File>?
  private(set) nonisolated(unsafe) static var count = 0

  static func file(_ index: Int) -> File { directory![index] }

  // MARK: Mounting

  /// Finds the disk that has a file system, among all block devices, and reads its directory.
  static func mount(_ board: borrowing Board) throws(Failure) {
    var finding: Partitions.Finding?
    var index = 0
    while index < board.slotCount {
      if Disk.start(in: board.virtioSlots[index]) {
        finding = try Partitions.find()
        if case .found = finding { break }
      }
      index += 1
    }
    switch finding {
    case nil: fail("no disk: give the machine the disk image that came with this kernel")
    case .noTable: fail("the disk has no partition table: is it the right image?")
    case .notThere: fail("the disk has no partition of type 0x7f, which would hold the file system")
    case .beyondTheDisk: fail("the file system's partition goes beyond the end of the disk: the image is truncated")
    case .found(let found):
      partition = found
      try readDirectory()
    }
  }

  private static func readDirectory() throws(Failure) {
    let superblock = try PageAllocator.allocate()
    defer { PageAllocator.release(superblock) }
    guard partition.count > 0 else { fail("the file system's partition is empty") }
    try Disk.read(sector: partition.first, count: 1, into: superblock)
    guard load64(superblock.mapped) == 0x5346_4e52_544e_414c else {
      fail("the partition of type 0x7f holds no lanternfs: its first bytes are not LANTRNFS")
    }
    let version = load32(superblock.mapped + 8)
    guard version == 1 else { fail("lanternfs of version \(version): this kernel knows version 1") }
    let sectors = UInt64(load32(superblock.mapped + 12))
    guard sectors <= partition.count else {
      fail("the file system is truncated: \(sectors) sectors, and the partition has \(partition.count)")
    }
    partition.count = sectors
    let files = UInt64(load32(superblock.mapped + 16))
    let first = UInt64(load32(superblock.mapped + 20))
    let bytes = files * UInt64(MemoryLayout<File>.size)
    guard files <= 4096 && first <= sectors && (bytes + 511) / 512 <= sectors - first else {
      fail("the file system is corrupted: its directory would not fit into it")
    }

    let memory = PageAllocator.allocateForever(bytes: bytes)
    var done: UInt64 = 0
    while done < bytes {
      let count = min(8, (bytes - done + 511) / 512)
      let page = PhysicalAddress(memory.bits + done)
      try Disk.read(sector: partition.first + first + done / 512, count: count, into: page)
      done += pageSize
    }
    guard crc32(0, memory.pointer, bytes) == load32(superblock.mapped + 24) else {
      fail("the file system is corrupted: the checksum of its directory is wrong")
    }
    directory = memory.pointer.assumingMemoryBound(to: File.self)
    count = Int(files)
  }

  // MARK: Files

  /// The file whose name is `prefix` followed by `name`. What it holds is checked once, when it is first wanted.
  static func find(prefix: StaticString = "", _ name: Text) throws(Failure) -> File {
    var index = 0
    while index < count {
      let isIt = file(index).name.withText {
        $0.hasPrefix(prefix) && $0.dropping(prefix.utf8CodeUnitCount) == name
      }
      if isIt {
        if directory![index].isVerified == 0 {
          try verify(file(index))
          directory![index].isVerified = 1
        }
        return file(index)
      }
      index += 1
    }
    throw .notFound
  }

  /// Compares the checksum in the directory with that of the bytes.
  private static func verify(_ file: File) throws(Failure) {
    let page = try PageAllocator.allocate()
    defer { PageAllocator.release(page) }
    var sum: UInt32 = 0
    var done: UInt64 = 0
    while done < UInt64(file.byteCount) {
      try read(file, page: done / pageSize, into: page)
      sum = crc32(sum, page.pointer, min(pageSize, UInt64(file.byteCount) - done))
      done += pageSize
    }
    guard sum == file.checksum else { throw .corrupted }
  }

  /// Reads a page of a file: eight sectors, or as many as it has.
  static func read(_ file: File, page index: UInt64, into page: PhysicalAddress) throws(Failure) {
    let sectors = (UInt64(file.byteCount) + 511) / 512
    guard UInt64(file.firstSector) + sectors <= partition.count, index * 8 < sectors else { throw .corrupted }
    let sector = partition.first + UInt64(file.firstSector) + index * 8
    try Disk.read(sector: sector, count: min(8, sectors - index * 8), into: page)
  }
}
