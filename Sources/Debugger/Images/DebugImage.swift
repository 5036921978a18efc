import Machine
import ObjectFile

/// One file that tells about code in the guest: an image of the machine's own, or one that the guest loads by itself.
package final class DebugImage {
  package let name: String
  /// Where the file lies; relative paths in its debug information count from there. Nil for what was made in memory.
  package let path: String?
  package let stage: ImageStage?
  /// What is added to the addresses in the file.
  package let offset: Int64
  /// Of code, with `offset` added.
  package let symbolCount: Int
  let isLoadedByMachine: Bool
  let sections: [ELFFile.Section]
  /// Guest-physical ranges of the segments, where the stage's code lies as long as nobody copies it.
  let physicalRanges: [AddressRange]
  /// Where it begins: the virtual address, and the physical one where that is another.
  let entries: [UInt64]
  /// The symbols of a user program, which are no use while another program lies at its addresses; others are in the
  /// session's one table.
  let ownSymbols: SymbolTable?
  /// What a monitor of the person's runs.
  private(set) var isGuest = false
  /// The code of a user program as the file has it, by virtual address.
  let code: [(address: UInt64, bytes: ArraySlice<UInt8>)]

  /// An image that the machine loads.
  init(_ image: LoadedImage) {
    name = image.name
    path = image.path?.string
    stage = nil
    offset = 0
    isLoadedByMachine = true
    symbolCount = image.symbols.count
    sections = image.sections
    physicalRanges = image.pieces.map(\.range)
    entries = [image.entry]
    ownSymbols = nil
    code = []
  }

  /// What a monitor that the machine loads is to run: its addresses are its guest's.
  init(guest image: LoadedImage) {
    name = image.name
    path = image.path?.string
    (stage, offset, isLoadedByMachine) = (nil, 0, true)
    symbolCount = image.symbols.count
    sections = image.sections
    (physicalRanges, entries, code) = ([], [], [])
    var table = SymbolTable()
    table.add(image.symbols, from: image.name, offset: 0, sections: image.sections)
    ownSymbols = table
    isGuest = true
  }

  /// A file of symbols alone.
  init(name: String, path: String, symbols: [Symbol], stage: ImageStage?, offset: Int64) {
    (self.name, self.path, self.stage, self.offset) = (name, path, stage, offset)
    isLoadedByMachine = false
    symbolCount = symbols.count
    (sections, physicalRanges, entries, code) = ([], [], [], [])
    ownSymbols = nil
  }

  /// An ELF file that the guest loads.
  init(name: String, path: String, file: ELFFile, stage: ImageStage?, offset: Int64) {
    (self.name, self.path, self.stage, self.offset) = (name, path, stage, offset)
    isLoadedByMachine = false
    symbolCount = file.symbols.count
    self.file = file
    sections = file.sections
    let shift = UInt64(bitPattern: offset)
    let segments = file.segments.filter { $0.memorySize > 0 }
    physicalRanges = segments.map {
      AddressRange(start: $0.physicalAddress &+ shift, end: $0.physicalAddress &+ shift &+ $0.memorySize)
    }
    entries = Self.entries(of: file).map { $0 &+ shift }
    guard stage == .user else {
      (ownSymbols, code) = (nil, [])
      return
    }
    var table = SymbolTable()
    table.add(file.symbols, from: name, offset: offset, sections: file.sections)
    ownSymbols = table
    let sections = file.sections.filter { $0.flags.contains(.execute) && $0.size > 0 }
    code =
      sections.isEmpty
      ? segments.filter { $0.flags.contains(.execute) }.map { ($0.virtualAddress &+ shift, file.bytes(of: $0)) }
      : sections.map { ($0.address &+ shift, file.contents(of: $0)) }
  }

  /// Where an ELF file begins: the virtual address, and the physical one where that is another.
  package static func entries(of file: ELFFile) -> [UInt64] {
    let home = file.segments.first { $0.memorySize > 0 && file.entry &- $0.virtualAddress < $0.memorySize }
    guard let home, home.physicalAddress != home.virtualAddress else { return [file.entry] }
    return [file.entry, file.entry &- home.virtualAddress &+ home.physicalAddress]
  }

  // MARK: Debug information

  private var file: ELFFile?
  private var information: DebugInformation??

  /// Whether numbers of floating point are returned in registers of their own.
  var usesFloatRegisters: Bool { (file?.flags.floatABI ?? .soft) != .soft }

  /// What the file's debug information says, opened at the first call; `read` gives the bytes of a file that the machine
  /// has loaded.
  func debugInformation(_ read: (String) -> [UInt8]?) -> DebugInformation? {
    if let information { return information }
    if file == nil, isLoadedByMachine, let bytes = path.flatMap(read) { file = try? ELFFile(bytes) }
    let opened = file.map { DebugInformation($0) }.flatMap { $0.isEmpty ? nil : $0 }
    information = .some(opened)
    return opened
  }

  /// An address in memory as the file has it, and the other way round.
  func linked(_ address: UInt64) -> UInt64 { address &- UInt64(bitPattern: offset) }
  func placed(_ address: UInt64) -> UInt64 { address &+ UInt64(bitPattern: offset) }
  func placed(_ range: Range<UInt64>) -> Range<UInt64> {
    let start = placed(range.lowerBound)
    return start..<max(start, placed(range.upperBound))
  }

  /// Whether an address lies in one of its sections that are loaded.
  func covers(_ address: UInt64) -> Bool {
    let unshifted = address &- UInt64(bitPattern: offset)
    return sections.contains { $0.flags.contains(.allocate) && unshifted &- $0.address < $0.size }
  }

  /// How many bytes of its code lie where it expects them: nil when one differs. `read` gives what lies at a virtual
  /// address, in pieces that do not cross a page, or nil where no page is mapped, as before a page is first needed.
  func matchingBytes(_ read: (UInt64, Int) -> [UInt8]?) -> Int? {
    var count = 0
    for (start, bytes) in code {
      var address = start
      var rest = bytes
      while !rest.isEmpty {
        let part = rest.prefix(4096 - Int(address & 4095))
        if let there = read(address, part.count) {
          guard there.elementsEqual(part) else { return nil }
          count += part.count
        }
        rest = rest.dropFirst(part.count)
        address &+= UInt64(part.count)
      }
    }
    return count > 0 ? count : nil
  }
}
