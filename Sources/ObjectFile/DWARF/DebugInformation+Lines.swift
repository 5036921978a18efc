/// A place in the source, and the code that came from it.
package struct SourceLine: Hashable, Sendable, CustomStringConvertible {
  /// As the compiler recorded it, joined to the compilation directory as far as it is relative.
  package let path: String
  /// From 1; 0 for code that comes from no line.
  package let line: Int
  /// From 1; 0 where not known or for the line's beginning.
  package let column: Int
  /// Whether a breakpoint for the line belongs to the first of `addresses`.
  package let isStatement: Bool
  package let addresses: Range<UInt64>

  package var description: String { "\(path):\(line)" }
}

/// The addresses where the code of a line begins.
package struct LineAddresses: Hashable, Sendable {
  package let path: String
  /// The line asked for, or the nearest one after it that has code.
  package let line: Int
  /// In ascending order; one for each function or inlined instance that has the line.
  package let addresses: [UInt64]
}

extension DebugInformation {
  /// The source of the instruction at an address; `addresses` are those up to the next row of the table.
  package func line(at address: UInt64) -> SourceLine? {
    guard let (lines, index, sequence) = row(at: address) else { return nil }
    return sourceLine(lines, index, lines.table.addresses(ofRow: index, in: sequence))
  }

  /// The line that an address belongs to with all the code around it that belongs to the same: what `step` leaves and
  /// `next` steps over. Code of no line (0) belongs to the line before it; and where several rows begin at one address,
  /// the last that begins a statement counts, so that a breakpoint's line is the one asked for. gdb does the same.
  package func wholeLine(at address: UInt64) -> SourceLine? {
    guard let (lines, index, sequence) = row(at: address) else { return nil }
    let table = lines.table
    let rows = table.rows
    /// The rows of one address are adjacent: this is the row that counts of those with the address of `index`, which is
    /// the last of them.
    func chosen(_ index: Int) -> Int { table.statement(atAddressOfRow: index, in: sequence) }
    var line = chosen(index)
    while rows[line].line == 0, let before = table.row(before: line, in: sequence) { line = chosen(before) }
    guard rows[line].line != 0 else {
      return sourceLine(lines, index, table.addresses(ofRow: index, in: sequence))
    }
    func isSame(_ index: Int) -> Bool { rows[index].line == rows[line].line && rows[index].file == rows[line].file }
    var first = line
    var candidate = line
    while let before = table.row(before: candidate, in: sequence) {
      candidate = chosen(before)
      guard isSame(candidate) || rows[candidate].line == 0 else { break }
      // Code of no line belongs to what is before it.
      if rows[candidate].line != 0 { first = candidate }
    }
    var end = table.addresses(ofRow: index, in: sequence).upperBound
    while end < sequence.addresses.upperBound, let next = table.row(at: end)?.index {
      guard rows[chosen(next)].line == 0 || isSame(chosen(next)) else { break }
      end = table.addresses(ofRow: next, in: sequence).upperBound
    }
    return sourceLine(lines, first, rows[first].address..<end)
  }

  /// Where the code of a line begins, in every file whose path ends in `file`: one element for each path. A line
  /// without code stands for the nearest one after it that has some; a file without such has no element.
  ///
  /// An address may be a function's first; a breakpoint then belongs to `prologueEnd(ofFunctionAt:)`.
  package func addresses(ofLine line: Int, inFile file: String) -> [LineAddresses] {
    guard let line = UInt32(exactly: max(line, 1)) else { return [] }
    var best: [String: (line: UInt32, addresses: [UInt64])] = [:]
    for (lines, files) in lineUnits(ofFile: file) {
      for index in files {
        let path = lines.path(ofFile: UInt32(index))
        var (nearest, addresses) = best[path] ?? (.max, [])
        for sequence in lines.table.sequences {
          for row in lines.table.rows[sequence.rows]
          where row.file == UInt32(index) && row.isStatement && row.line >= line && row.line <= nearest {
            if row.line < nearest { (nearest, addresses) = (row.line, []) }
            addresses.append(row.address)
          }
        }
        if !addresses.isEmpty { best[path] = (nearest, addresses) }
      }
    }
    return best.map { path, found in
      LineAddresses(path: path, line: Int(found.line), addresses: firstOfEachInstance(found.addresses))
    }.sorted { $0.path < $1.path }
  }

  /// The paths of the source files whose path ends in `file`, sorted.
  package func sourceFiles(matching file: String) -> [String] {
    let suffix = SourcePath(file)
    return paths { header, unit in header.files(matching: suffix, unit) }
  }

  /// The paths of all source files, sorted.
  package var sourceFiles: [String] { paths { header, _ in Array(header.files.indices) } }

  /// Where a function's own code begins, its frame being set up: as the compiler says, else at the second line of the
  /// function. Assembly has no such code. `address` itself where nothing is known.
  package func prologueEnd(ofFunctionAt address: UInt64) -> UInt64 {
    guard let (lines, index, sequence) = row(at: address), !lines.unit.isAssembly else { return address }
    let end = min(functionEnd(at: address) ?? .max, sequence.addresses.upperBound)
    let rows = lines.table.rows[index..<sequence.rows.upperBound].prefix { $0.address < end }
    if let marked = rows.first(where: { $0.isPrologueEnd && $0.address >= address }) { return marked.address }
    return rows.first { $0.address > address && $0.line != 0 && $0.isStatement }?.address ?? address
  }

  private func row(at address: UInt64) -> (lines: LineUnit, index: Int, sequence: LineTable.Sequence)? {
    guard let unit = unit(at: address), let lines = lineUnit(unit),
      let (index, sequence) = lines.table.row(at: address)
    else { return nil }
    return (lines, index, sequence)
  }

  private func sourceLine(_ lines: LineUnit, _ index: Int, _ addresses: Range<UInt64>) -> SourceLine {
    let row = lines.table.rows[index]
    return SourceLine(
      path: lines.path(ofFile: row.file), line: Int(row.line), column: Int(row.column), isStatement: row.isStatement,
      addresses: addresses)
  }
}

extension DebugInformation {
  /// A unit's line table, read at the first call.
  func lineUnit(_ unit: DWARFUnit) -> LineUnit? {
    guard let offset = unit.lines else { return nil }
    if let known = lineUnits[offset] { return known }
    let read = lineHeader(unit, &work).flatMap { header -> LineUnit? in
      do throws(DWARFError) { try work.spend(UInt64(header.program.remaining), at: header.place) } catch {
        warn(error)
        return nil
      }
      return LineUnit(unit, header)
    }
    if let warning = read?.table.warning { warn(warning) }
    lineUnits[offset] = .some(read)
    return read
  }

  private func lineHeader(_ unit: DWARFUnit, _ work: inout DWARFWork) -> LineHeader? {
    guard let offset = unit.lines else { return nil }
    do throws(DWARFError) {
      let header = try LineHeader(sections, at: offset)
      try work.spend(header.program.offset - offset, at: header.place)
      return header
    } catch {
      warn(error)
      return nil
    }
  }

  /// The units with a file whose path ends in `file`, and the indices of such files. Line programs of others are not
  /// run.
  private func lineUnits(ofFile file: String) -> [(LineUnit, [Int])] {
    let suffix = SourcePath(file)
    var work = DWARFWork(size: UInt64(sections.bytes(.lines).count))
    var seen: Set<UInt64> = []
    return units.compactMap { unit in
      guard let offset = unit.lines, seen.insert(offset).inserted else { return nil }
      let known = lineUnits[offset] ?? nil
      guard let header = known?.header ?? lineHeader(unit, &work) else { return nil }
      let files = header.files(matching: suffix, unit)
      guard !files.isEmpty, let lines = lineUnit(unit) else { return nil }
      return (lines, files)
    }
  }

  private func paths(_ select: (LineHeader, DWARFUnit) -> [Int]) -> [String] {
    var paths: Set<String> = []
    var work = DWARFWork(size: UInt64(sections.bytes(.lines).count))
    var seen: Set<UInt64> = []
    for unit in units {
      guard let offset = unit.lines, seen.insert(offset).inserted else { continue }
      let known = lineUnits[offset] ?? nil
      guard let header = known?.header ?? lineHeader(unit, &work) else { continue }
      for index in select(header, unit) { paths.insert(header.path(ofFile: index, unit)) }
    }
    return paths.subtracting([""]).sorted()
  }

  /// Of the addresses of a line, the lowest in each function or inlined instance.
  private func firstOfEachInstance(_ addresses: [UInt64]) -> [UInt64] {
    var first: [UInt64: UInt64] = [:]
    for address in addresses {
      let instance = instance(at: address)
      first[instance] = min(first[instance] ?? .max, address)
    }
    return first.values.sorted()
  }
}

extension DWARFUnit {
  /// Whether its source is assembly: `DW_LANG_Mips_Assembler`, which GNU and LLVM use for every machine, or
  /// `DW_LANG_Assembly`.
  var isAssembly: Bool { language == 0x8001 || language == 0x31 }
}
