/// One function's part of a table of frames, and what it shares with others. DWARF 5, "Structure of Call Frame
/// Information"; for `.eh_frame` the Linux Standard Base, "Exception Frames".
struct CallFrameEntry: Sendable {
  let common: CallFrameCommon
  let addresses: Range<UInt64>
  let instructions: DWARFCursor
}

/// What many functions' frames have in common (CIE).
struct CallFrameCommon: Sendable {
  let codeAlignment: UInt64
  let dataAlignment: Int64
  let returnAddressRegister: UInt64
  /// How addresses are written in `.eh_frame`.
  let pointerEncoding: UInt8
  let hasAugmentationLength: Bool
  let isSignalFrame: Bool
  let instructions: DWARFCursor

  fileprivate init(_ start: DWARFCursor) throws(DWARFError) {
    var cursor = start
    let version = try cursor.byte()
    guard [1, 3, 4].contains(version) else { throw .unknownVersion(start.place, UInt64(version)) }
    let augmentationPlace = cursor.place
    let augmentation = try cursor.string()
    if version == 4 {
      let (addressSize, segmentSize) = (try cursor.byte(), try cursor.byte())
      guard addressSize == 8, segmentSize == 0 else { throw .wrongAddressSize(start.place, UInt64(addressSize)) }
    }
    codeAlignment = try cursor.unsigned()
    dataAlignment = try cursor.signed()
    returnAddressRegister = version == 1 ? UInt64(try cursor.byte()) : try cursor.unsigned()

    var encoding: UInt8 = 0
    var isSignalFrame = false
    hasAugmentationLength = augmentation.utf8.first == UInt8(ascii: "z")
    if hasAugmentationLength {
      var data = try cursor.part(try cursor.unsigned())
      for letter in augmentation.utf8.dropFirst() {
        switch letter {
        case UInt8(ascii: "R"): encoding = try data.byte()
        case UInt8(ascii: "L"): _ = try data.byte()
        case UInt8(ascii: "P"): _ = try data.pointer(try data.byte(), sectionAddress: 0)
        case UInt8(ascii: "S"): isSignalFrame = true
        default: throw .unknownAugmentation(augmentationPlace, augmentation)
        }
      }
    } else if !augmentation.isEmpty {
      throw .unknownAugmentation(augmentationPlace, augmentation)
    }
    pointerEncoding = encoding
    self.isSignalFrame = isSignalFrame
    instructions = cursor
  }
}

/// The frames of all functions by address.
struct CallFrameTable: Sendable {
  private(set) var entries = AddressMap<CallFrameEntry>()
  private(set) var warnings: [DWARFError] = []

  init(_ sections: DWARFSections) {
    var found: [AddressMap<CallFrameEntry>.Entry] = []
    // Where both describe a function, they say the same.
    for section in [DWARFSection.frames, .exceptionFrames] {
      do throws(DWARFError) { try read(section, sections, &found) } catch { warnings.append(error) }
    }
    entries = AddressMap(found)
  }

  private mutating func read(
    _ section: DWARFSection, _ sections: DWARFSections, _ found: inout [AddressMap<CallFrameEntry>.Entry]
  ) throws(DWARFError) {
    var commons: [UInt64: CallFrameCommon] = [:]
    var bad: Set<UInt64> = []
    var cursor = try sections.cursor(section)
    while !cursor.isAtEnd {
      let start = cursor.offset
      var (entry, offsetSize) = try cursor.unitLength()
      if entry.isAtEnd { continue }  // The end of one object file's part of `.eh_frame`.
      do throws(DWARFError) {
        guard let commonOffset = try Self.common(of: &entry, section, offsetSize), !bad.contains(commonOffset) else {
          continue
        }
        if commons[commonOffset] == nil {
          bad.insert(commonOffset)
          commons[commonOffset] = try Self.readCommon(sections, section, at: commonOffset)
          bad.remove(commonOffset)
        }
        let common = commons[commonOffset]!
        let first: UInt64
        let count: UInt64
        if section == .exceptionFrames {
          first = try entry.pointer(common.pointerEncoding, sectionAddress: sections.exceptionFrameAddress)
          count = try entry.pointer(common.pointerEncoding & 0x0f, sectionAddress: 0)
        } else {
          (first, count) = (try entry.double(), try entry.double())
        }
        if common.hasAugmentationLength { try entry.skip(try entry.unsigned()) }
        let (end, overflow) = first.addingReportingOverflow(count)
        guard !overflow, first < end, sections.isCode(first) else { continue }
        found.append(.init(first..<end, CallFrameEntry(common: common, addresses: first..<end, instructions: entry)))
      } catch {
        if warnings.count < 100 { warnings.append(error) }
      }
      precondition(cursor.offset > start)
    }
  }

  /// Where the common part of an entry is; nil for a common part.
  private static func common(
    of entry: inout DWARFCursor, _ section: DWARFSection, _ offsetSize: Int
  ) throws(DWARFError) -> UInt64? {
    let place = entry.offset
    let isException = section == .exceptionFrames
    let value = try entry.integer(bytes: isException ? 4 : offsetSize)
    if isException { return value == 0 ? nil : place &- value }
    return value == (offsetSize == 4 ? 0xffff_ffff : .max) ? nil : value
  }

  private static func readCommon(
    _ sections: DWARFSections, _ section: DWARFSection, at offset: UInt64
  ) throws(DWARFError) -> CallFrameCommon {
    var cursor = try sections.cursor(section, at: offset)
    let place = cursor.place
    var (entry, offsetSize) = try cursor.unitLength()
    guard try common(of: &entry, section, offsetSize) == nil else { throw .noEntry(place) }
    return try CallFrameCommon(entry)
  }
}

extension DWARFCursor {
  /// A pointer of `.eh_frame`: the low half of the encoding says how it is written, the high half what it counts from.
  fileprivate mutating func pointer(_ encoding: UInt8, sectionAddress: UInt64) throws(DWARFError) -> UInt64 {
    let start = offset
    let value: UInt64 =
      switch encoding & 0x0f {
      case 0x00, 0x04, 0x0c: try double()
      case 0x01: try unsigned()
      case 0x02: UInt64(try half())
      case 0x03: UInt64(try word())
      case 0x09: UInt64(bitPattern: try signed())
      case 0x0a: UInt64(bitPattern: Int64(Int16(bitPattern: try half())))
      case 0x0b: UInt64(bitPattern: Int64(Int32(bitPattern: try word())))
      default: throw .unknownEncoding(place, UInt64(encoding))
      }
    switch encoding & 0xf0 {
    case 0x00: return value
    case 0x10, 0x90: return sectionAddress &+ start &+ value
    default: throw .unknownEncoding(place, UInt64(encoding))
    }
  }
}
