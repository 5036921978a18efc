/// The file system "lanternfs": a superblock, a directory, and the files one behind the other, each from a sector of
/// its own on. Flat, but a name may contain `/`.
struct FileSystemImage {
  private static let nameSize = 40
  private var files: [(name: String, bytes: [UInt8])] = []

  mutating func add(name: String, bytes: [UInt8]) {
    guard !name.isEmpty, name.utf8.count < Self.nameSize else {
      ImageMaker.stop("\"\(name)\" is no name for a file: it takes 1 to \(Self.nameSize - 1) bytes")
    }
    guard !files.contains(where: { $0.name == name }) else { ImageMaker.stop("there are two files \"\(name)\"") }
    files.append((name, bytes))
  }

  /// The contents of the partition.
  func bytes() -> [UInt8] {
    let directoryFirst = 1
    let directorySectors = (files.count * 64).rounded(to: DiskImage.sectorSize) / DiskImage.sectorSize
    var directory: [UInt8] = []
    var contents: [UInt8] = []
    for (name, bytes) in files {
      directory += Array(name.utf8) + [UInt8](repeating: 0, count: Self.nameSize - name.utf8.count)
      directory.append(
        UInt64(directoryFirst + directorySectors + contents.count / DiskImage.sectorSize), bytes: 4)
      directory.append(UInt64(bytes.count), bytes: 4)
      directory.append(UInt64(crc32(bytes)), bytes: 4)
      directory += [UInt8](repeating: 0, count: 12)
      contents += bytes.padded(to: DiskImage.sectorSize)
    }
    let sum = crc32(directory)
    directory = directory.padded(to: DiskImage.sectorSize)

    var superblock: [UInt8] = Array("LANTRNFS".utf8)
    superblock.append(1, bytes: 4)
    superblock.append(UInt64(directoryFirst + (directory.count + contents.count) / DiskImage.sectorSize), bytes: 4)
    superblock.append(UInt64(files.count), bytes: 4)
    superblock.append(UInt64(directoryFirst), bytes: 4)
    superblock.append(UInt64(sum), bytes: 4)
    return superblock.padded(to: DiskImage.sectorSize) + directory + contents
  }
}
