import Debugger

/// An assertion over facts of the machine.
package struct LessonCheck: Sendable, Equatable {
  /// Unique in its lesson.
  package var id: String
  /// What is so when it holds, a sentence.
  package var says: String
  /// An expression of the prompt's language; anything but 0 is true.
  package var holds: String
  /// What to do while it does not hold.
  package var otherwise: String
  package var points: Int
  /// What stands behind `vitrine debug` for a machine of the check's own; nil where the student's is meant.
  package var machine: String?
  /// What is typed at that machine's prompt.
  package var commands: [String]
  /// Instructions that its guest may take.
  package var limit: UInt64
  /// Known to the grader only.
  package var isHidden = false
  package var file: String
  package var line: Int

  /// Instructions that a check's own machine takes at most, where it says nothing else.
  package static let standardLimit: UInt64 = 50_000_000

  init(_ fields: inout YAMLFields, isHidden: Bool = false) throws(LessonProblem) {
    (file, line, self.isHidden) = (fields.file, fields.line, isHidden)
    id = try fields.identifier("id")
    says = try fields.text("says")
    holds = try fields.text("holds")
    otherwise = try fields.string("else") ?? ""
    points = try fields.whole("points", in: 0...1000) ?? 5
    machine = try fields.string("machine")
    commands = try fields.list("run")
    limit = UInt64(try fields.whole("limit", in: 1...1_000_000_000_000) ?? Int(Self.standardLimit))
    if machine == nil, fields.has("run") || fields.has("limit") {
      throw LessonProblem(file, line, "`run` and `limit` are for a check with a `machine` of its own.")
    }
    if machine != nil, commands.isEmpty { commands = ["run"] }
    try FactExpression.validate(holds, file: file, line: fields.line(of: "holds"))
  }

  /// Ids of the tasks whose files it names, as in `{monitor}`.
  package var tasks: [String] { Placeholder.names(in: ([machine ?? ""] + commands).joined(separator: " ")) }
}

/// The expressions of checks and quizzes: they look, and change nothing.
enum FactExpression {
  static func validate(_ text: String, file: String, line: Int) throws(LessonProblem) {
    do {
      let expression = try ExpressionParser.parse(text)
      if expression.changesSomething {
        throw LessonProblem(file, line, "`\(text)` changes something; an assertion may only look (`==` compares).")
      }
    } catch let error as EvaluationError {
      throw LessonProblem(file, line, "`\(text)`: \(error)")
    } catch let error as LessonProblem { throw error } catch { throw LessonProblem(file, line, "\(error)") }
  }
}

/// `{name}` in a text.
package enum Placeholder {
  /// Names between braces, in order, each once.
  package static func names(in text: String) -> [String] {
    var names: [String] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      if isName(name), !names.contains(name) { names.append(name) }
      rest = rest[rest.index(after: open)...]
    }
    return names
  }

  package static func fill(_ text: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      if let close = rest.firstIndex(of: "}"), let value = values[String(rest.dropFirst()[..<close])] {
        result += value
        rest = rest[rest.index(after: close)...]
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result + rest
  }

  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
  }
}

extension YAMLFields {
  /// A name of small letters, digits and hyphens.
  mutating func identifier(_ key: String) throws(LessonProblem) -> String {
    let text = try text(key)
    guard Placeholder.isName(text) else {
      throw LessonProblem(file, line(of: key), "`\(key): \(text)` must be of small letters, digits and hyphens.")
    }
    return text
  }
}
