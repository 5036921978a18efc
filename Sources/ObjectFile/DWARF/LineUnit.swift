/// The line table of a unit with the names of its files.
struct LineUnit: Sendable {
  let header: LineHeader
  let table: LineTable
  let unit: DWARFUnit

  init(_ unit: DWARFUnit, _ header: LineHeader) {
    self.unit = unit
    self.header = header
    table = LineProgram.run(header, unit.sections)
  }

  /// A file's path as it is recorded: joined to its directory, and that to the compilation directory, as far as they
  /// are relative. Empty where the table has no such file.
  func path(ofFile index: UInt32) -> String { header.path(ofFile: Int(index), unit) }
}

extension LineHeader {
  /// See `LineUnit.path(ofFile:)`.
  func path(ofFile index: Int, _ unit: DWARFUnit) -> String {
    guard files.indices.contains(index), let name = name(files[index], unit), !name.isEmpty else { return "" }
    return path(name, inDirectory: files[index].directory, unit)
  }

  private func path(_ name: String, inDirectory index: UInt64, _ unit: DWARFUnit) -> String {
    if name.utf8.first == UInt8(ascii: "/") { return name }
    var path = name
    if let index = Int(exactly: index), directories.indices.contains(index),
      let directory = self.name(directories[index], unit), !directory.isEmpty
    {
      path = joined(directory, path)
      if directory.utf8.first == UInt8(ascii: "/") { return path }
      // From version 5 on, the directory at index 0 is the compilation directory itself.
      if index == 0, version >= 5 { return path }
    }
    return unit.compilationDirectory.isEmpty ? path : joined(unit.compilationDirectory, path)
  }

  private func joined(_ directory: String, _ name: String) -> String {
    directory.utf8.last == UInt8(ascii: "/") ? directory + name : "\(directory)/\(name)"
  }

  private func name(_ entry: Entry, _ unit: DWARFUnit) -> String? {
    (try? unit.string(entry.name, in: .lines)) ?? nil
  }

  /// The files whose path ends in the components of `suffix`.
  func files(matching suffix: SourcePath, _ unit: DWARFUnit) -> [Int] {
    files.indices.filter { index in
      guard let name = name(files[index], unit), !name.isEmpty else { return false }
      // Most names differ, which is cheaper to see than paths are to build.
      guard suffix.mayEnd(name) else { return false }
      return SourcePath(path(ofFile: index, unit)).hasSuffix(suffix)
    }
  }
}
