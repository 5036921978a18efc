extension ELFFile {
  /// One stretch of memory to fill (`PT_LOAD`): `fileSize` bytes of the file, then zeros up to `memorySize`.
  package struct Segment: Hashable, Sendable {
    /// What the running code may do with the segment.
    package struct Permissions: OptionSet, Hashable, Sendable {
      package let rawValue: UInt32

      package init(rawValue: UInt32) { self.rawValue = rawValue }

      package static let execute = Permissions(rawValue: 1)
      package static let write = Permissions(rawValue: 2)
      package static let read = Permissions(rawValue: 4)
    }

    /// Where the code expects itself to run.
    package let virtualAddress: UInt64
    /// Where a loader without translation puts the bytes. Files that give 0 for all their segments do not use the
    /// field; here they then have their virtual addresses.
    package let physicalAddress: UInt64
    package let fileOffset: UInt64
    package let fileSize: UInt64
    /// At least `fileSize`; the address of the last byte does not overflow.
    package let memorySize: UInt64
    package let flags: Permissions

    static let headerSize: UInt64 = 56
  }

  static func readSegments(_ file: FileBytes, _ header: ELFHeader) throws(ELFError) -> [Segment] {
    guard header.programHeaderCount > 0 else { return [] }
    guard header.programHeaderSize == Segment.headerSize else {
      throw .wrongProgramHeaderSize(header.programHeaderSize)
    }
    guard
      let table = file.table(
        offset: header.programHeaderOffset, count: header.programHeaderCount, recordSize: Segment.headerSize)
    else {
      throw .programHeadersOutsideFile(
        offset: header.programHeaderOffset, count: header.programHeaderCount, fileSize: file.count)
    }
    let loaded = table.indices.filter { table.integer(UInt32.self, record: $0, field: 0) == 1 }
    let usesPhysical = loaded.contains { table.integer(UInt64.self, record: $0, field: 24) != 0 }
    var segments: [Segment] = []
    for index in loaded {
      segments.append(try readSegment(table, index, usesPhysical: usesPhysical))
    }
    try checkOverlap(zip(loaded, segments).map { ($0, $1) })
    return segments
  }

  private static func readSegment(
    _ table: FileTable, _ index: Int, usesPhysical: Bool
  ) throws(ELFError) -> Segment {
    let virtualAddress = table.integer(UInt64.self, record: index, field: 16)
    let segment = Segment(
      virtualAddress: virtualAddress,
      physicalAddress: usesPhysical ? table.integer(UInt64.self, record: index, field: 24) : virtualAddress,
      fileOffset: table.integer(UInt64.self, record: index, field: 8),
      fileSize: table.integer(UInt64.self, record: index, field: 32),
      memorySize: table.integer(UInt64.self, record: index, field: 40),
      flags: .init(rawValue: table.integer(UInt32.self, record: index, field: 4)))
    guard table.file.range(offset: segment.fileOffset, size: segment.fileSize) != nil else {
      throw .segmentOutsideFile(
        index: index, offset: segment.fileOffset, size: segment.fileSize, fileSize: table.file.count)
    }
    guard segment.memorySize >= segment.fileSize else {
      throw .segmentLargerInFile(index: index, fileSize: segment.fileSize, memorySize: segment.memorySize)
    }
    for address in [segment.virtualAddress, segment.physicalAddress]
    where segment.memorySize > 0 && address.addingReportingOverflow(segment.memorySize - 1).overflow {
      throw .segmentWrapsAround(index: index, address: address, memorySize: segment.memorySize)
    }
    return segment
  }

  /// Physical addresses decide: overlays share virtual ones on purpose.
  private static func checkOverlap(_ segments: [(index: Int, segment: Segment)]) throws(ELFError) {
    let byAddress = segments.filter { $0.segment.memorySize > 0 }
      .sorted { ($0.segment.physicalAddress, $0.index) < ($1.segment.physicalAddress, $1.index) }
    // Neighbours suffice: a segment that reaches over its next one also reaches into it.
    for (first, second) in zip(byAddress, byAddress.dropFirst())
    where first.segment.physicalAddress + (first.segment.memorySize - 1) >= second.segment.physicalAddress {
      throw .segmentsOverlap(first.index, second.index, address: second.segment.physicalAddress)
    }
  }
}
