/// A function as its source has it, and its code.
package struct DebugFunction: Sendable {
  /// As the source spells it, without what it is part of; empty where not said.
  package let name: String
  /// As symbols spell it, where that differs.
  package let linkageName: String?
  /// Where it begins; nil for an inlined one and one without code.
  package let entry: UInt64?
  /// Its code, or that of the inlined instance, in ascending order: cold parts may lie apart.
  package let addresses: [Range<UInt64>]
  /// Where it is declared; empty and 0 where not said.
  package let path: String
  package let line: Int
  /// What it takes and returns: a type of the kind `function`.
  package let type: TypeReference

  /// For a person: a Swift name in full (`Lantern.Process.move(by: Swift.Int) -> Swift.Int`), others as in the source.
  package var displayName: String { linkageName.flatMap(demangledSwiftName) ?? name }
}

/// One call in the source at an address: the function that the code is in, or one that the compiler inlined there.
package struct SourceFrame: Sendable {
  package let function: DebugFunction
  /// Whether the compiler put the function's code into the next frame's.
  package let isInlined: Bool
  /// Where in the function the address is: a line of its own for the innermost, else that of the call. Empty and 0
  /// where not known.
  package let path: String
  package let line: Int
  package let column: Int
}

extension DebugInformation {
  /// The function, not inlined, whose code is at an address.
  package func function(at address: UInt64) -> DebugFunction? {
    functionEntry(at: address).map { function($0) }
  }

  /// The calls at an address, the innermost first: inlined functions, then the one they are in. Empty where the
  /// debugging information has no function.
  package func frames(at address: UInt64) -> [SourceFrame] {
    var place: (path: String, line: Int, column: Int) = ("", 0, 0)
    if let line = line(at: address) { place = (line.path, line.line, line.column) }
    var frames: [SourceFrame] = []
    for entry in scopes(at: address).reversed() where entry.tag != DWARFTag.lexicalBlock {
      let isInlined = entry.tag == DWARFTag.inlinedSubroutine
      frames.append(
        SourceFrame(
          function: function(entry), isInlined: isInlined, path: place.path, line: place.line, column: place.column))
      guard isInlined else { break }
      let attributes = entry.attributes
      place = (
        path(ofFile: attributes.unsigned(DWARFAttribute.callFile), entry.unit),
        Int(clamping: attributes.unsigned(DWARFAttribute.callLine) ?? 0),
        Int(clamping: attributes.unsigned(DWARFAttribute.callColumn) ?? 0)
      )
    }
    return frames
  }

  /// Every function that has code of its own, unit by unit; reads all units.
  package var functions: [DebugFunction] {
    units.indices.flatMap { index in
      let tree = entries(ofUnit: index)
      return functionsByAddress(ofUnit: index).entries.map { function(DebugEntry(tree: tree, index: $0.value)) }
    }
  }

  func function(_ entry: DebugEntry) -> DebugFunction {
    let origins = origins(of: entry)
    func string(_ name: UInt64) -> String? { origins.lazy.compactMap { $0.string(name) }.first }
    let declared = origins.first { $0.attributes.unsigned(DWARFAttribute.declarationLine) != nil }
    let addresses = addresses(of: entry)
    var start: UInt64?
    if entry.tag == DWARFTag.subprogram {
      let low = entry.attributes[DWARFAttribute.lowPC].flatMap { try? entry.unit.address($0) }
      start =
        low.flatMap { low in addresses.contains { $0.lowerBound == low } ? low : nil } ?? addresses.first?.lowerBound
    }
    return DebugFunction(
      name: string(DWARFAttribute.name) ?? "",
      linkageName: string(DWARFAttribute.linkageName) ?? string(DWARFAttribute.mipsLinkageName), entry: start,
      addresses: addresses.sorted { $0.lowerBound < $1.lowerBound },
      path: declared.map { path(ofFile: $0.attributes.unsigned(DWARFAttribute.declarationFile), $0.unit) } ?? "",
      line: declared.flatMap { $0.attributes.unsigned(DWARFAttribute.declarationLine) }.map { Int(clamping: $0) } ?? 0,
      type: TypeReference(
        offset: (origins.first { $0.attributes[DWARFAttribute.type] != nil } ?? origins[origins.count - 1]).offset))
  }

  /// The path of a file that an attribute names by its number.
  func path(ofFile index: UInt64?, _ unit: DWARFUnit) -> String {
    guard let index = index.flatMap({ UInt32(exactly: $0) }), let lines = lineUnit(unit) else { return "" }
    return lines.path(ofFile: index)
  }

  /// Empty where they cannot be read, with a warning.
  func addresses(of entry: DebugEntry) -> [Range<UInt64>] {
    do throws(DWARFError) { return try entry.addresses() } catch {
      warn(error)
      return []
    }
  }
}
