import ObjectFile
import RISCV
import SystemPackage

/// Puts images into RAM, refusing what lies outside it or over something loaded before.
struct Loader {
  let memory: PhysicalMemory
  /// Whether RAM may hold old bytes, so that what a file leaves out of its image must be cleared.
  let clears: Bool
  /// Everything loaded so far.
  private(set) var images: [LoadedImage] = []

  /// Firmware, kernels and device trees go to multiples of this, as on QEMU.
  static let alignment: UInt64 = 2 << 20
  private static let chunk = 1 << 20

  init(memory: PhysicalMemory, clears: Bool) {
    self.memory = memory
    self.clears = clears
  }

  var memoryRange: AddressRange { AddressRange(start: memory.base, end: memory.base + memory.size) }

  /// The first address after everything loaded so far, or the start of RAM.
  var end: UInt64 { images.map(\.range.end).max() ?? memory.base }

  /// Loads an ELF file at its own addresses, or anything else at `flatAddress`; nil refuses anything else.
  mutating func load(_ path: FilePath, as role: LoadedImage.Role, flatAddress: UInt64?) throws(MachineError) {
    let file = try ImageFile(path)
    let head = try file.read(at: 0, count: LinuxImageHeader.byteCount)
    if ELFFile.isELF(head) { return try loadELF(file, as: role) }
    guard var address = flatAddress else {
      throw role == .kernel ? .monitorNotAnExecutable(path: path) : .notAnExecutable(path: path)
    }
    var size = file.byteCount
    // An extra image was given its place by a person.
    if let header = LinuxImageHeader(head), role != .extra {
      size = max(size, header.imageSize)
      let (wanted, overflow) = memory.base.addingReportingOverflow(header.textOffset)
      if !overflow, wanted % Self.alignment == 0, wanted >= end { address = wanted }
    } else if role != .initrd, role != .extra, let program = Self.compressor(head) {
      throw .compressed(path: path, with: program)
    }
    try place(file, as: role, at: address, size: size)
  }

  /// Loads a file as it is; it takes `size` bytes, at least those of the file.
  mutating func place(
    _ file: borrowing ImageFile, as role: LoadedImage.Role, at address: UInt64, size: UInt64
  ) throws(MachineError) {
    let path = file.path
    let piece = try reserve(path, role.rawValue, start: address, size: size)
    var offset: UInt64 = 0
    while offset < file.byteCount {
      let bytes = try file.read(at: offset, count: Int(min(UInt64(Self.chunk), file.byteCount - offset)))
      guard !bytes.isEmpty else { break }
      memory.write(bytes, to: GuestPhysicalAddress(address + offset))
      offset += UInt64(bytes.count)
    }
    clear(AddressRange(start: address + offset, end: piece.range.end))
    images.append(
      LoadedImage(role: role, name: path.name, path: path, entry: address, pieces: [piece]))
  }

  /// Puts bytes made here into RAM.
  mutating func place(_ bytes: [UInt8], as role: LoadedImage.Role, at address: UInt64) throws(MachineError) {
    let piece = try reserve(FilePath(role.rawValue), role.rawValue, start: address, size: UInt64(bytes.count))
    memory.write(bytes, to: GuestPhysicalAddress(address))
    images.append(LoadedImage(role: role, name: role.rawValue, entry: address, pieces: [piece]))
  }

  /// Puts what a monitor is to run into RAM.
  mutating func place(_ guest: FlatGuest, at address: UInt64) throws(MachineError) {
    let piece = try reserve(
      guest.path, LoadedImage.Role.guest.rawValue, start: address, size: UInt64(guest.bytes.count))
    memory.write(guest.bytes, to: GuestPhysicalAddress(address))
    images.append(
      LoadedImage(
        role: .guest, name: guest.path.name, path: guest.path, entry: guest.start, pieces: [piece],
        symbols: guest.file.symbols, sections: guest.file.sections))
  }

  private mutating func loadELF(_ file: borrowing ImageFile, as role: LoadedImage.Role) throws(MachineError) {
    let path = file.path
    let bytes = try file.readAll()
    let elf: ELFFile
    do {
      elf = try ELFFile(bytes)
    } catch {
      throw .executable(path: path, error)
    }
    let segments = elf.segments.filter { $0.memorySize > 0 }.sorted { $0.physicalAddress < $1.physicalAddress }
    guard !segments.isEmpty else { throw .executable(path: path, .nothingToLoad) }
    var pieces: [LoadedImage.Piece] = []
    for segment in segments {
      let start = segment.physicalAddress
      pieces.append(try reserve(path, role.rawValue, start: start, size: segment.memorySize))
      memory.write(elf.bytes(of: segment), to: GuestPhysicalAddress(start))
      clear(AddressRange(start: start + segment.fileSize, end: start + segment.memorySize))
    }
    // The entry is a virtual address; nobody translates yet.
    let home = elf.segments.first { elf.entry >= $0.virtualAddress && elf.entry - $0.virtualAddress < $0.memorySize }
    images.append(
      LoadedImage(
        role: role, name: path.name, path: path,
        entry: home.map { elf.entry &- $0.virtualAddress &+ $0.physicalAddress } ?? elf.entry, pieces: pieces,
        symbols: elf.symbols, sections: elf.sections))
  }

  private func reserve(
    _ path: FilePath, _ what: String, start: UInt64, size: UInt64
  ) throws(MachineError) -> LoadedImage.Piece {
    let (end, overflow) = start.addingReportingOverflow(size)
    let range = AddressRange(start: start, end: overflow ? .max : end)
    guard !overflow, memoryRange.contains(range) else {
      throw .outsideMemory(path: path, part: range, memory: memoryRange)
    }
    let piece = LoadedImage.Piece(what: "the \(what)", range: range)
    for image in images {
      for other in image.pieces where other.range.overlaps(range) { throw .overlap(other, piece) }
    }
    return piece
  }

  private func clear(_ range: AddressRange) {
    guard clears else { return }
    let zeros = [UInt8](repeating: 0, count: Self.chunk)
    var address = range.start
    while address < range.end {
      let count = Int(min(UInt64(Self.chunk), range.end - address))
      memory.write(zeros[..<count], to: GuestPhysicalAddress(address))
      address += UInt64(count)
    }
  }

  private static func compressor(_ head: [UInt8]) -> String? {
    let magics: [(String, [UInt8])] = [
      ("gzip", [0x1f, 0x8b]), ("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]), ("zstd", [0x28, 0xb5, 0x2f, 0xfd]),
      ("bzip2", [0x42, 0x5a, 0x68]),
    ]
    return magics.first { head.starts(with: $0.1) }?.0
  }
}

extension FilePath {
  /// The last component, as people call the file.
  var name: String { lastComponent?.string ?? string }
}
