/// A section of debugging information that is read here. DWARF 5, "DWARF Section Version Numbers".
package enum DWARFSection: String, Hashable, Sendable, CaseIterable {
  case info = ".debug_info"
  case abbreviations = ".debug_abbrev"
  case lines = ".debug_line"
  case lineStrings = ".debug_line_str"
  case strings = ".debug_str"
  case stringOffsets = ".debug_str_offsets"
  case addresses = ".debug_addr"
  case ranges = ".debug_ranges"
  case rangeLists = ".debug_rnglists"
  case locations = ".debug_loc"
  case locationLists = ".debug_loclists"
  case frames = ".debug_frame"
  case exceptionFrames = ".eh_frame"
}

/// A place in the debugging information, such as `.debug_line+0x1f`.
package struct DWARFPlace: Hashable, Sendable, CustomStringConvertible {
  package let section: DWARFSection
  /// From the section's beginning, in bytes.
  package let offset: UInt64

  package var description: String { "\(section.rawValue)+0x\(String(offset, radix: 16))" }
}

/// The bytes of a file's debugging sections, and which addresses are code.
final class DWARFSections: Sendable {
  private let contents: [DWARFSection: ArraySlice<UInt8>]
  /// Where `.eh_frame` lies in memory: its pointers count from there.
  let exceptionFrameAddress: UInt64
  /// The executable sections, by address.
  private let code: [Range<UInt64>]
  /// Sections that are there and cannot be read.
  let unreadable: [DWARFError]

  init(_ file: ELFFile) {
    var contents: [DWARFSection: ArraySlice<UInt8>] = [:]
    var unreadable: [DWARFError] = []
    var exceptionFrameAddress: UInt64 = 0
    for section in file.sections {
      if section.name.utf8.starts(with: ".zdebug_".utf8) { unreadable.append(.compressed(section: section.name)) }
      guard let kind = DWARFSection(rawValue: section.name), contents[kind] == nil else { continue }
      guard !section.flags.contains(.compressed) else {
        unreadable.append(.compressed(section: section.name))
        continue
      }
      contents[kind] = file.contents(of: section)
      if kind == .exceptionFrames { exceptionFrameAddress = section.address }
    }
    self.contents = contents
    self.unreadable = unreadable
    self.exceptionFrameAddress = exceptionFrameAddress
    code = file.sections.compactMap { section in
      let (end, overflow) = section.address.addingReportingOverflow(section.size)
      guard section.flags.isSuperset(of: [.allocate, .execute]), section.size > 0, !overflow else { return nil }
      return section.address..<end
    }.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Empty where the file has no such section.
  func bytes(_ section: DWARFSection) -> ArraySlice<UInt8> { contents[section] ?? [] }

  func has(_ section: DWARFSection) -> Bool { contents[section].map { !$0.isEmpty } ?? false }

  func cursor(_ section: DWARFSection, at offset: UInt64 = 0) throws(DWARFError) -> DWARFCursor {
    try DWARFCursor(section, bytes(section), at: offset)
  }

  /// Whether code can be at an address. A linker that drops a function leaves its description behind, with addresses of
  /// 0, 1 or nearly 2^64. A file without executable sections says nothing about it.
  func isCode(_ address: UInt64) -> Bool {
    guard !code.isEmpty else { return true }
    let next = code.partitioningIndex { $0.lowerBound > address }
    return next > 0 && code[next - 1].contains(address)
  }

  /// A zero-terminated string of at most 64 KiB; bytes that are not UTF-8 are replaced.
  func string(in section: DWARFSection, at offset: UInt64) throws(DWARFError) -> String {
    var cursor = try cursor(section, at: offset)
    return try cursor.string()
  }
}
