/// What a file's DWARF says about its source: lines, functions, variables, types and frames.
///
/// Opening it reads each unit's first entry and nothing else; the rest is read when asked for, a unit at a time, and
/// kept. What cannot be read is left out and told in `warnings`. Addresses are those the file was linked to.
package final class DebugInformation {
  let sections: DWARFSections
  /// By their place in the file.
  let units: [DWARFUnit]
  /// Units by the addresses of their code, as indices into `units`.
  private(set) var unitsByAddress: AddressMap<Int>

  /// What was left out so far, each once, and the first thousand at most.
  package private(set) var warnings: [DWARFError] = []
  private var known: Set<DWARFError> = []

  /// For what is read once and kept.
  var work: DWARFWork
  /// By offset in `.debug_line`; nil where the program's header cannot be read.
  var lineUnits: [UInt64: LineUnit?] = [:]
  /// By index into `units`.
  var unitEntries: [Int: UnitEntries] = [:]
  var unitFunctions: [Int: AddressMap<Int>] = [:]
  private var callFrameTable: CallFrameTable?
  var debugNames: DebugNames?
  /// By offset of the type's entry; nil for a type whose layout is not known.
  var swiftLayouts: [UInt64: SwiftLayout?] = [:]
  var swiftLayoutDepth = 0

  /// Whether the file has lines or entries at all; `-g` gives it some.
  package var isEmpty: Bool { units.isEmpty && !sections.has(.frames) && !sections.has(.exceptionFrames) }

  package init(_ file: ELFFile) {
    let sections = DWARFSections(file)
    self.sections = sections
    let size = DWARFSection.allCases.reduce(0) { $0 + UInt64(sections.bytes($1).count) }
    work = DWARFWork(size: size)
    var units: [DWARFUnit] = []
    var warnings = sections.unreadable
    var cursor = try! sections.cursor(.info)
    while !cursor.isAtEnd {
      let start = cursor.offset
      do throws(DWARFError) {
        units.append(try DWARFUnit(&cursor, sections, &work))
        warnings += units[units.count - 1].warnings
      } catch {
        warnings.append(error)
        // Without its length, nobody knows where the next one begins.
        if cursor.offset == start { break }
      }
    }
    self.units = units
    unitsByAddress = AddressMap()
    warnings.forEach(warn)
    indexUnits()
  }

  private func indexUnits() {
    var entries: [AddressMap<Int>.Entry] = []
    for (index, unit) in units.enumerated() {
      var addresses = unit.addresses
      // Some producers leave it to the line table.
      if addresses.isEmpty, let lines = lineUnit(unit) { addresses = lines.table.sequences.map(\.addresses) }
      entries += addresses.map { .init($0, index) }
    }
    unitsByAddress = AddressMap(entries)
  }

  /// The unit that has the code at an address.
  func unit(at address: UInt64) -> DWARFUnit? { unitsByAddress.entry(at: address).map { units[$0.value] } }

  /// The frames of all functions, read at the first call.
  var callFrames: CallFrameTable {
    if let callFrameTable { return callFrameTable }
    let table = CallFrameTable(sections)
    table.warnings.forEach(warn)
    callFrameTable = table
    return table
  }

  func warn(_ error: DWARFError) {
    guard warnings.count < 1000, known.insert(error).inserted else { return }
    warnings.append(error)
  }
}
