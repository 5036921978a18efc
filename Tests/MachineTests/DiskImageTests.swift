import Machine
import Testing

@Suite("Disk images")
struct DiskImageTests {
  private let folder: TemporaryFolder
  private let path: String
  private let original = (0..<20 * 512).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write(original, to: "disk.img")
  }

  private let patch = [UInt8](repeating: 0x5a, count: 700)

  @Test("An overlay keeps the writes and leaves the file alone")
  func overlay() throws {
    let disk = try DiskImage(.init(path))
    #expect(disk.sectorCount == 20)
    try disk.write(patch, at: 3900)
    #expect(try disk.read(at: 3800, count: 1000) == Array(original[3800..<3900]) + patch + Array(original[4600..<4800]))
    try disk.flush()
    #expect(try folder.read("disk.img") == original)
    // The last cluster is not a whole one.
    try disk.write([1], at: 20 * 512 - 1)
    #expect(try disk.read(at: 20 * 512 - 2, count: 2) == [original[20 * 512 - 2], 1])
  }

  @Test("An image of another format is refused, for a guest would destroy it")
  func otherFormat() throws {
    for mark in [[0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3], Array("KDMV".utf8), Array("vhdxfile".utf8)] as [[UInt8]] {
      let image = try folder.write(mark + [UInt8](repeating: 0, count: 512 - mark.count), to: "other.img")
      #expect(throws: DiskImageError.self) { try DiskImage(.init(image), mode: .readWrite) }
    }
    #expect(throws: Never.self) { try DiskImage(.init(path)) }
  }

  @Test("With rw the writes go to the file")
  func readWrite() throws {
    let disk = try DiskImage(.init(path), mode: .readWrite)
    try disk.write(patch, at: 3900)
    try disk.flush()
    #expect(try disk.read(at: 3900, count: 700) == patch)
    #expect(try folder.read("disk.img") == Array(original[..<3900]) + patch + Array(original[4600...]))
  }

  @Test("With ro there are no writes")
  func readOnly() throws {
    let disk = try DiskImage(.init(path), mode: .readOnly)
    #expect(throws: DiskImageError.self) { try disk.write(patch, at: 0) }
    #expect(try disk.read(at: 512, count: 512) == Array(original[512..<1024]))
  }

  @Test("An overlay that is full refuses further clusters and keeps those it has")
  func overlayLimit() throws {
    let disk = try DiskImage(.init(path), overlayLimit: 8192)
    try disk.write([1], at: 0)
    try disk.write([2], at: 4096)
    #expect(throws: DiskImageError.self) { try disk.write([3], at: 8192) }
    try disk.write([4], at: 1)
    #expect(try disk.read(at: 0, count: 2) == [1, 4])
    #expect(try disk.read(at: 8192, count: 1) == [original[8192]])
  }

  @Test("A big sparse image costs nothing until it is used")
  func sparse() throws {
    let path = try folder.sparse("big.img", byteCount: 1 << 40)
    let disk = try DiskImage(.init(path))
    #expect(disk.sectorCount == 1 << 31)
    try disk.write([7], at: 1 << 40 - 1)
    #expect(try disk.read(at: 1 << 40 - 2, count: 2) == [0, 7])
    #expect(disk.contains(sector: (1 << 31) - 1, byteCount: 512))
    #expect(!disk.contains(sector: (1 << 31) - 1, byteCount: 1024))
    #expect(!disk.contains(sector: .max, byteCount: 512))
  }

  @Test("A file that is cut while it is open gives an error, not zeros or a crash")
  func cutFile() throws {
    let disk = try DiskImage(.init(path))
    try folder.write(Array(original[..<512]), to: "disk.img")
    #expect(throws: DiskImageError.self) { try disk.read(at: 512, count: 512) }
    #expect(throws: DiskImageError.self) { try disk.write([1], at: 5000) }
  }

  @Test("Files that are no disk images are refused with a reason and a remedy")
  func refusals() throws {
    try folder.write([UInt8](repeating: 0, count: 1000), to: "odd.img")
    try folder.write([], to: "empty.img")
    func message(_ name: String, mode: DiskImage.Mode = .overlay) -> String {
      do {
        _ = try DiskImage(.init(folder.path(name)), mode: mode)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(message("odd.img").contains("not a whole number of 512-byte sectors: it has 1000 bytes; pad it"))
    #expect(message("empty.img").contains("is empty"))
    #expect(message("absent.img").contains("No such file or directory; check the path"))
    #expect(message("").contains("is not a regular file"))
  }
}
