/// Reads a lesson's folder.
package struct LessonReader {
  private let id: String
  /// The bytes of a file of the folder; nil where there is none.
  private let file: (String) -> [UInt8]?
  package static let fileName = "lesson.md"

  /// `id` is the folder's name; `file` gives the bytes of a file in it, nil where there is none.
  package init(id: String, file: @escaping (String) -> [UInt8]?) { (self.id, self.file) = (id, file) }

  /// The lesson, whole and consistent in itself.
  package func read() throws(LessonProblem) -> Lesson {
    let text = try self.text(Self.fileName)
    let (front, body, bodyLine) = try divide(text)
    var fields = try YAMLFields(front, file: Self.fileName, firstLine: 2)
    let notes = try file(InstructorNotes.fileName) == nil ? nil : InstructorNotes(self.text(InstructorNotes.fileName))
    var lesson = Lesson(
      id: id, title: try fields.text("title"), minutes: 0, goals: try fields.list("goals"),
      needs: try fields.list("needs"), references: try fields.list("references"),
      machine: try fields.text("machine"), introduction: [], steps: [], instructor: notes, digest: digest(text))
    guard let minutes = try fields.whole("minutes", in: 1...600) else {
      throw LessonProblem(Self.fileName, 1, "`minutes:` is missing: how long it takes.")
    }
    lesson.minutes = minutes
    if lesson.goals.isEmpty {
      throw LessonProblem(Self.fileName, 1, "`goals:` is missing: what can one do afterwards?")
    }
    try fields.finish("The front matter")
    try readBody(Markdown.parse(body, firstLine: bodyLine), into: &lesson)
    try validate(lesson)
    return lesson
  }

  private func text(_ name: String) throws(LessonProblem) -> String {
    guard let bytes = file(name) else { throw LessonProblem(name, 0, "There is no such file in \(id).") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw LessonProblem(name, 0, "It is no UTF-8 text.")
    }
    return text.contains("\r")
      ? text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n") : text
  }

  /// Of what students and grader share: a stripped copy has the same.
  private func digest(_ text: String) -> UInt64 {
    var hash = FNV1a()
    hash.combine(LessonStripper.strip(text))
    return hash.value
  }

  /// Front matter, body, and the body's first line.
  private func divide(_ text: String) throws(LessonProblem) -> (front: String, body: String, line: Int) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first == "---" else {
      throw LessonProblem(
        Self.fileName, 1, "A lesson begins with front matter: `---`, lines such as `title: …`, `---`.")
    }
    guard let end = lines.dropFirst().firstIndex(of: "---") else {
      throw LessonProblem(Self.fileName, 1, "The front matter has no end: a second `---` is missing.")
    }
    return (lines[1..<end].joined(separator: "\n"), lines[(end + 1)...].joined(separator: "\n"), end + 2)
  }

  // MARK: Body

  private func readBody(_ blocks: [LocatedBlock], into lesson: inout Lesson) throws(LessonProblem) {
    for located in blocks {
      switch located.block {
      case .heading(1, let title):
        let text = title.map(\.plain).joined()
        guard lesson.steps.isEmpty, lesson.introduction.isEmpty else {
          throw LessonProblem(Self.fileName, located.line, "A second title: a step begins with `## \(text)`.")
        }
        guard text == lesson.title else {
          throw LessonProblem(
            Self.fileName, located.line, "The title here is not that of the front matter, \"\(lesson.title)\".")
        }
      case .heading(2, let title):
        lesson.steps.append(
          LessonStep(
            number: lesson.steps.count + 1, title: title.map(\.plain).joined(), blocks: [], line: located.line))
      default:
        let block = try self.block(located)
        if lesson.steps.isEmpty {
          guard case .prose = block.kind else {
            throw LessonProblem(
              Self.fileName, located.line, "Before the first step (`## …`) there is only text to read.")
          }
          lesson.introduction.append(block)
        } else {
          try append(block, to: &lesson.steps[lesson.steps.count - 1])
        }
      }
    }
  }

  private func append(_ block: LessonBlock, to step: inout LessonStep) throws(LessonProblem) {
    switch block.kind {
    case .expect:
      switch step.blocks.last?.kind {
      case .repl, .shell: break
      default: throw LessonProblem(Self.fileName, block.line, "`expect` stands right behind a block `repl` or `shell`.")
      }
    case .machine:
      guard step.blocks.allSatisfy({ if case .prose = $0.kind { true } else { false } }) else {
        throw LessonProblem(Self.fileName, block.line, "`machine` stands before the other blocks of its step.")
      }
    default: break
    }
    step.blocks.append(block)
  }

  /// Kinds of code blocks that are to be read only.
  private static let readOnly: Set<String> = ["", "c", "asm", "text", "console", "swift", "sh", "yaml", "toml"]

  private func block(_ located: LocatedBlock) throws(LessonProblem) -> LessonBlock {
    let line = located.line
    func made(_ kind: LessonBlock.Kind) -> LessonBlock { LessonBlock(line: line, kind: kind) }
    switch located.block {
    case .html: throw LessonProblem(Self.fileName, line, "HTML cannot be shown in a terminal.")
    case .code(let info, let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let body = lines.last == "" ? Array(lines.dropLast()) : lines
      switch info {
      case "repl": return made(.repl(try commands(body, line)))
      case "expect": return made(.expect(text))
      case "shell": return made(.shell(try shellCommands(body, line)))
      case "machine":
        guard body.count == 1, !body[0].isEmpty else {
          throw LessonProblem(Self.fileName, line, "`machine` is one line: what stands behind `vitrine debug`.")
        }
        return made(.machine(body[0]))
      case "check":
        var checks: [LessonCheck] = []
        for var fields in try YAMLFields.mappings(text, file: Self.fileName, firstLine: line + 1) {
          checks.append(try LessonCheck(&fields))
          try fields.finish("A check")
        }
        return made(.checks(checks))
      case "quiz":
        var fields = try YAMLFields(text, file: Self.fileName, firstLine: line + 1)
        return made(.quiz(try Quiz(&fields)))
      case "task":
        var fields = try YAMLFields(text, file: Self.fileName, firstLine: line + 1)
        return made(.task(try LessonTask(&fields)))
      case "hint": return made(.hint(text.trimmingEnd))
      default:
        guard Self.readOnly.contains(info) else {
          throw LessonProblem(
            Self.fileName, line,
            "A block of unknown kind: \(info). There are repl, expect, shell, machine, check, quiz, task and hint; to be read only: "
              + "\(Self.readOnly.filter { !$0.isEmpty }.sorted().joined(separator: ", ")).")
        }
        return made(.prose(located.block))
      }
    default: return made(.prose(located.block))
    }
  }

  private func commands(_ lines: [String], _ line: Int) throws(LessonProblem) -> [String] {
    guard lines.contains(where: { !$0.isEmpty }) else {
      throw LessonProblem(Self.fileName, line, "There is no command in it.")
    }
    return lines
  }
  private func shellCommands(_ lines: [String], _ line: Int) throws(LessonProblem) -> [String] {
    for (index, text) in lines.enumerated() where !text.hasPrefix("vitrine ") {
      throw LessonProblem(Self.fileName, line + 1 + index, "A command of the shell begins with `vitrine`: \(text)")
    }
    return try commands(lines, line)
  }

  // MARK: The whole

  private func validate(_ lesson: Lesson) throws(LessonProblem) {
    if lesson.steps.isEmpty { throw LessonProblem(Self.fileName, 0, "There are no steps: each begins with `## …`.") }
    var ids: Set<String> = []
    let named =
      lesson.checks.map { ($0.id, $0.file, $0.line) } + lesson.quizzes.map { ($0.id, $0.file, $0.line) }
      + lesson.tasks.map { ($0.id, $0.fileName, $0.line) }
    for (id, file, line) in named where !ids.insert(id).inserted {
      throw LessonProblem(file, line, "The id \(id) is there twice.")
    }
    let tasks = Set(lesson.tasks.map(\.id))
    for check in lesson.checks {
      if let name = check.tasks.first(where: { !tasks.contains($0) }) {
        throw LessonProblem(check.file, check.line, "`{\(name)}`: there is no task with this id.")
      }
    }
    for task in lesson.tasks {
      if let start = task.start, !task.startsInCatalog, file(start) == nil, file(start + "/.") == nil {
        throw LessonProblem(task.fileName, task.line, "`start: \(start)`: there is no such file in \(lesson.id).")
      }
    }
    guard let notes = lesson.instructor else { return }
    if let wrong = notes.hidden.first(where: { $0.step > lesson.steps.count }) {
      throw LessonProblem(wrong.check.file, wrong.check.line, "There is no step \(wrong.step).")
    }
    for (id, path) in notes.solutions.sorted(by: { $0.key < $1.key }) {
      guard tasks.contains(id) else {
        throw LessonProblem(InstructorNotes.fileName, 0, "solutions: there is no task \(id).")
      }
      if file(path) == nil, file(path + "/.") == nil {
        throw LessonProblem(InstructorNotes.fileName, 0, "solutions: there is no file \(path).")
      }
    }
    let checks = Set(lesson.checks.map(\.id))
    for (id, failure) in notes.failures where !checks.contains(id) {
      throw LessonProblem(InstructorNotes.fileName, failure.line, "fails: there is no check \(id).")
    }
  }
}

/// The hash FNV-1a, 64 bits: for telling versions apart and for seeds, not against an attack.
package struct FNV1a: Sendable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  package init() {}
  package mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  }
  package mutating func combine(_ text: String) {
    combine(text.utf8)
    combine([0])
  }
}
