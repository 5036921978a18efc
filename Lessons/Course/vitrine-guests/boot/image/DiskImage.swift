/// The whole disk: boot sector, loader, the kernel's partition and the file system's.
struct DiskImage {
  static let sectorSize = 512
  private static let kernelType: UInt8 = 0x7e
  private static let fileSystemType: UInt8 = 0x7f

  private(set) var bytes: [UInt8]

  init(loader: FlatImage, kernel: [UInt8], fileSystem: [UInt8]) {
    let loaderBytes = loader.bytes.padded(to: Self.sectorSize)
    let loaderFirst = 1
    // Partitions begin at multiples of 32 KiB, so that their numbers stay the same when a part grows a little.
    let kernelBytes = kernel.padded(to: Self.sectorSize)
    let kernelFirst = (loaderFirst + loaderBytes.count / Self.sectorSize).rounded(to: 64)
    let fileSystemFirst = (kernelFirst + kernelBytes.count / Self.sectorSize).rounded(to: 64)

    var sector: [UInt8] = []
    sector += Array("LANTBOOT".utf8)
    sector.append(1, bytes: 4)
    sector.append(UInt64(loaderFirst), bytes: 4)
    sector.append(UInt64(loaderBytes.count / Self.sectorSize), bytes: 4)
    sector.append(UInt64(crc32(loaderBytes)), bytes: 4)
    sector.append(loader.address, bytes: 8)
    sector.append(loader.entry, bytes: 8)
    sector += [UInt8](repeating: 0, count: 446 - sector.count)
    sector += Self.entry(Self.kernelType, first: kernelFirst, bytes: kernelBytes, isBootable: true)
    sector += Self.entry(Self.fileSystemType, first: fileSystemFirst, bytes: fileSystem, isBootable: false)
    sector += [UInt8](repeating: 0, count: 510 - sector.count) + [0x55, 0xaa]

    bytes = sector + loaderBytes
    bytes += [UInt8](repeating: 0, count: kernelFirst * Self.sectorSize - bytes.count) + kernelBytes
    bytes += [UInt8](repeating: 0, count: fileSystemFirst * Self.sectorSize - bytes.count) + fileSystem
  }

  /// An entry of the partition table. Nobody uses the fields for cylinders and heads any more; they say "beyond".
  private static func entry(_ type: UInt8, first: Int, bytes: [UInt8], isBootable: Bool) -> [UInt8] {
    var entry: [UInt8] = [isBootable ? 0x80 : 0, 0xfe, 0xff, 0xff, type, 0xfe, 0xff, 0xff]
    entry.append(UInt64(first), bytes: 4)
    entry.append(UInt64(bytes.count / sectorSize), bytes: 4)
    return entry
  }
}

/// The CRC-32 of zlib and Ethernet, bit by bit.
func crc32(_ bytes: [UInt8]) -> UInt32 {
  var sum: UInt32 = .max
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xedb8_8320) }
  }
  return ~sum
}

extension [UInt8] {
  /// Appends a little-endian number.
  mutating func append(_ number: UInt64, bytes count: Int) {
    for index in 0..<count { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index))) }
  }

  /// A little-endian number at an offset.
  func number(at offset: Int, bytes count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
  }

  /// With zeros behind, so that the size is a multiple.
  func padded(to multiple: Int) -> [UInt8] {
    self + [UInt8](repeating: 0, count: count.rounded(to: multiple) - count)
  }
}

extension Int {
  func rounded(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
