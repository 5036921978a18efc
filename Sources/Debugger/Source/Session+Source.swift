import ObjectFile
import RISCV

/// A line of source and the code that came from it.
package struct SourcePlace {
  package let image: DebugImage
  /// As the debug information has it.
  package let path: String
  package let line: Int
  /// From 1; 0 where not known.
  package let column: Int
  /// Whether a step may end at its beginning.
  package let isStatement: Bool
  /// The code around the address that belongs to the line, where the image lies.
  package let addresses: Range<UInt64>

  /// The file as it is shown, such as `kernel/vm.c`.
  package let name: String
  /// `kernel/vm.c:61`.
  package var text: String { "\(name):\(line)" }
}

// Which line an address came from, and which addresses a line became.
extension Session {
  /// The image that an address's code is of, in the address space that the selected hart sees.
  package func image(at address: UInt64) -> DebugImage? {
    if let program = program(at: address) { return program }
    if isInGuestWorld { return nil }
    return images.all.last { $0.ownSymbols == nil && $0.covers(address) }
  }

  /// What an image's debug information says; nil where it has none.
  package func debugInformation(of image: DebugImage) -> DebugInformation? {
    image.debugInformation { [sources] path in sources.read(path) }
  }

  /// The line that the instruction at an address came from; nil where nobody says, and for code of no line.
  package func sourcePlace(at address: UInt64) -> SourcePlace? {
    image(at: address).flatMap { sourcePlace(at: address, in: $0) }
  }

  func sourcePlace(at address: UInt64, in image: DebugImage) -> SourcePlace? {
    guard let line = debugInformation(of: image)?.wholeLine(at: image.linked(address)), line.line > 0,
      !line.path.isEmpty
    else { return nil }
    return SourcePlace(
      image: image, path: line.path, line: line.line, column: line.column, isStatement: line.isStatement,
      addresses: image.placed(line.addresses), name: sources.name(of: line.path, in: image))
  }

  /// The text of a line, without the blanks at its ends; nil where the file cannot be found or is shorter.
  package func sourceText(_ place: SourcePlace) -> String? {
    let text = sources.text(place.path, of: place.image) { warn($0) }
    guard let lines = text?.lines, lines.indices.contains(place.line - 1) else { return nil }
    return lines[place.line - 1].trimmingBlanks
  }

  /// The source files of all images that end in `file`, each with its image.
  package func sourceFiles(matching file: String) -> [(image: DebugImage, path: String)] {
    images.all.flatMap { image in
      (debugInformation(of: image)?.sourceFiles(matching: file) ?? []).map { (image, $0) }
    }
  }

  /// The names of all source files, without folders.
  package var sourceFileNames: [String] {
    let paths = images.all.flatMap { debugInformation(of: $0)?.sourceFiles ?? [] }
    return Set(paths.compactMap { $0.split(separator: "/").last.map(String.init) }).sorted()
  }

  /// The names of functions as the debug information has them, Swift's with what they are part of.
  package var functionNames: [String] {
    let names = images.all.flatMap { debugInformation(of: $0)?.functions ?? [] }.map { function in
      String(shortSwiftName(function.displayName).prefix { $0 != "(" })
    }
    return Set(names.filter { !$0.isEmpty && !$0.contains(" ") }).sorted()
  }

  /// The lines of a file that have code.
  package func lineNumbers(ofFile file: String) -> [Int] {
    var lines: Set<Int> = []
    for (image, path) in sourceFiles(matching: file) {
      guard let information = debugInformation(of: image) else { continue }
      var line = 1
      // The nearest line with code from each on; a file has no more of them than that.
      while let next = information.addresses(ofLine: line, inFile: path).first(where: { $0.path == path })?.line,
        lines.count < 10_000
      {
        lines.insert(next)
        line = next + 1
      }
    }
    return lines.sorted()
  }

  /// Where the code of a line begins, in each image that has a file of the name; breakpoints at a function's first line
  /// stand behind its prologue.
  func places(ofLine line: Int, in file: String) -> [(place: CodeLocation, line: Int)] {
    images.all.flatMap { image -> [(CodeLocation, Int)] in
      guard let information = debugInformation(of: image) else { return [] }
      return information.addresses(ofLine: line, inFile: file).flatMap { found in
        found.addresses.map { address in
          let start = image.placed(address)
          return (
            CodeLocation(isFunctionStart(start, of: image) ? prologueEnd(start, image) : start, of: image), found.line
          )
        }
      }
    }
  }

  /// The line that a location names, whether it has code or not: of `FILE:LINE` the file's; of what names code the line of
  /// its first instruction.
  package func line(
    named text: String
  ) throws(DebuggerError) -> (image: DebugImage, path: String, line: Int) {
    if let (file, line) = try lineRequest(text) {
      if let listed = listPosition, listed.path == file { return (listed.image, file, line) }
      if let here = sourcePlace(at: hart.pc), here.path == file { return (here.image, file, line) }
      guard let found = sourceFiles(matching: file).first else { throw .other("No source file named \(file).") }
      return (found.image, found.path, line)
    }
    // A breakpoint would stand behind a function's prologue; its line is that of its beginning.
    var place: CodeLocation
    if let found = symbols(named: text).first {
      place = CodeLocation(found.entry.symbol.address, in: found.program)
    } else {
      place = try locations(text)[0]
    }
    guard let image = place.program ?? image(at: place.address), let information = debugInformation(of: image),
      let line = information.wholeLine(at: image.linked(place.address)), line.line > 0
    else { throw .other("No line number is known for \(self.place(place)).") }
    return (image, line.path, line.line)
  }

  /// The stretches of code that a line of a file became.
  package func code(ofLine line: Int, in path: String, of image: DebugImage) -> [Range<UInt64>] {
    guard let information = debugInformation(of: image) else { return [] }
    return information.addresses(ofLine: line, inFile: path).filter { $0.path == path && $0.line == line }
      .flatMap(\.addresses).compactMap { information.line(at: $0)?.addresses }.map(image.placed)
  }

  /// The code of the one row of the line table that an address is in, which may be a part of the line.
  package func row(at address: UInt64) -> Range<UInt64>? {
    guard let image = image(at: address), let information = debugInformation(of: image) else { return nil }
    return information.line(at: image.linked(address)).map { image.placed($0.addresses) }
  }

  func isFunctionStart(_ address: UInt64, of image: DebugImage) -> Bool {
    let location = (image.ownSymbols ?? images.common).symbol(at: address)
    return location?.offset == 0 && location?.symbol.kind == .function
  }

  /// Where a function's own code begins, its frame being set up; its first address where nobody says.
  func prologueEnd(_ address: UInt64, _ image: DebugImage) -> UInt64 {
    guard let information = debugInformation(of: image) else { return address }
    return image.placed(information.prologueEnd(ofFunctionAt: image.linked(address)))
  }
}

extension CodeLocation {
  init(_ address: UInt64, of image: DebugImage) {
    self.init(address, in: image.ownSymbols == nil ? nil : image)
  }
}

extension String {
  /// Without blanks and tabs at both ends.
  var trimmingBlanks: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
