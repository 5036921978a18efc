/// A file that the student writes.
package struct LessonTask: Sendable, Equatable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Built to an ELF file by the toolchain's clang.
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
  /// A file or folder of the lesson that the student begins with.
  package var start: String?
  /// What the student hands in, relative to the folder for the lesson's work.
  package var file: String
  /// Files that are compiled, where these are not only `file`; relative to the folder for the work.
  package var sources: [String]
  /// The linker script, where it is not the common one.
  package var script: String?
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
    sources = try fields.list("sources")
    script = try fields.string("link")
    for path in [start, file, script].compactMap(\.self) + sources where path.hasPrefix("/") || path.contains("..") {
      throw LessonProblem(fields.file, fields.line, "`\(path)`: files of a task lie in the lesson's folder.")
    }
    try fields.finish("A task")
  }

  /// Whether what is handed in is an ELF file.
  package var isProgram: Bool { [.assembly, .c, .elf].contains(kind) }
}
