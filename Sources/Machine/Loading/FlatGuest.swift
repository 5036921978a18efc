import ObjectFile
import SystemPackage

/// The program that a monitor is to run, as its bytes lie in the guest's memory: the segments of an ELF file from the lowest physical
/// address on, with zeros between them and for what the file leaves out.
struct FlatGuest {
  let path: FilePath
  let file: ELFFile
  let bytes: [UInt8]
  /// The guest-physical address of the first byte, where it begins.
  let start: UInt64

  /// More would be a mistake in a linker script.
  private static let limit: UInt64 = 1 << 30

  init(_ path: FilePath) throws(MachineError) {
    self.path = path
    let image = try ImageFile(path)
    guard ELFFile.isELF(try image.read(at: 0, count: 64)) else { throw .notAnExecutable(path: path) }
    let contents = try image.readAll()
    do { file = try ELFFile(contents) } catch { throw .executable(path: path, error) }
    let segments = file.segments.filter { $0.memorySize > 0 }
    guard let start = segments.map(\.physicalAddress).min() else { throw .executable(path: path, .nothingToLoad) }
    self.start = start
    var end = start
    for segment in segments {
      let (segmentEnd, overflow) = segment.physicalAddress.addingReportingOverflow(segment.memorySize)
      guard !overflow, segmentEnd - start <= Self.limit else {
        let part = AddressRange(start: segment.physicalAddress, end: overflow ? .max : segmentEnd)
        throw .outsideMemory(path: path, part: part, memory: AddressRange(start: start, end: start + Self.limit))
      }
      end = max(end, segmentEnd)
    }
    var bytes = [UInt8](repeating: 0, count: Int(end - start))
    for segment in segments {
      let offset = Int(segment.physicalAddress - start)
      bytes.replaceSubrange(offset..<offset + Int(segment.fileSize), with: file.bytes(of: segment))
    }
    self.bytes = bytes
    let home = segments.first { file.entry &- $0.virtualAddress < $0.memorySize }
    let entry = home.map { file.entry &- $0.virtualAddress &+ $0.physicalAddress } ?? file.entry
    guard entry == start else { throw .guestEntry(path: path, entry: entry, start: start) }
  }
}
