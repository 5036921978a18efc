/// A file that the student writes.
package struct LessonTask: Sendable, Equatable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A folder of sources, built to an ELF file as the guests of the catalog are.
    case assembly, c
    /// Cost rows, for `--costs`.
    case costs
    /// A script of the prompt.
    case commands
    /// An ELF file that the student builds in any way.
    case elf
  }
  package var id: String
  /// What is to be done.
  package var says: String
  package var kind: Kind
  /// A file or folder that the student begins with: of the lesson, or, as `skeletons/…`, of the catalog of guests.
  package var start: String?
  /// The name of what the student hands in; where that is not built, the student writes it in the folder for the lesson's work.
  package var file: String
  package var fileName: String
  package var line: Int

  init(_ fields: inout YAMLFields) throws(LessonProblem) {
    (fileName, line) = (fields.file, fields.line)
    id = try fields.identifier("id")
    says = try fields.text("says")
    let name = try fields.text("kind")
    guard let kind = Kind(rawValue: name) else {
      throw LessonProblem(
        fields.file, fields.line(of: "kind"),
        "`kind: \(name)` is none of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    self.kind = kind
    start = try fields.string("start")
    file = try fields.text("file")
    for path in [start, file].compactMap(\.self) where path.hasPrefix("/") || path.contains("..") {
      throw LessonProblem(fields.file, fields.line, "`\(path)`: files of a task lie in the lesson's folder.")
    }
    try fields.finish("A task")
  }

  /// Whether it is built from a folder of sources.
  package var isBuilt: Bool { kind == .c || kind == .assembly }
  /// Whether it begins with a folder of the catalog's.
  package var startsInCatalog: Bool { start?.hasPrefix("skeletons/") ?? false }
  /// What the student works on, in the folder for the lesson's work.
  package var place: String { isBuilt ? id : file }
  /// Whether what is handed in is an ELF file.
  package var isProgram: Bool { [.assembly, .c, .elf].contains(kind) }
}
