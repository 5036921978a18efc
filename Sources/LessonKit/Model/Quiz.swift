/// A question whose variant is chosen by the student's seed and whose right answer is computed from the live machine.
package struct Quiz: Sendable, Equatable {
  package var id: String
  /// With `{name}` where a variant's value stands.
  package var ask: String
  /// The values of each variable, in the order of the lesson.
  package var variables: [Variable]
  /// Values that belong together, one row a variant; empty where there are none.
  package var cases: [[String: String]]
  /// What can be answered, where the student chooses; empty where not.
  package var choices: [String]
  /// An expression, or one of the choices; nil where a lesson's copy without answers is read.
  package var answer: String?
  /// What is said to a wrong answer.
  package var otherwise: String
  /// What must hold for the question to make sense, and what is said where it does not.
  package var condition: String?
  package var conditionOtherwise: String
  package var points: Int
  package var file: String
  package var line: Int

  package struct Variable: Sendable, Equatable {
    package var name: String
    package var values: [String]
  }

  init(_ fields: inout YAMLFields) throws(LessonProblem) {
    (file, line) = (fields.file, fields.line)
    id = try fields.identifier("id")
    ask = try fields.text("ask")
    variables = try Self.variables(&fields)
    cases = try Self.cases(&fields)
    choices = try fields.list("choices")
    answer = try fields.string("answer")
    otherwise = try fields.string("else") ?? ""
    condition = try fields.string("where")
    conditionOtherwise = try fields.string("where-else") ?? ""
    points = try fields.whole("points", in: 0...1000) ?? 5
    try fields.finish("A quiz")
    try validate()
  }

  private static func variables(_ fields: inout YAMLFields) throws(LessonProblem) -> [Variable] {
    guard var inner = try fields.fields("with").first else { return [] }
    var variables: [Variable] = []
    for name in inner.keys {
      guard Placeholder.isName(name) else {
        throw LessonProblem(inner.file, inner.line(of: name), "`\(name)` must be of small letters, digits and hyphens.")
      }
      guard inner.isMapping(name) else {
        let values = try inner.list(name)
        guard values.count > 1 else {
          throw LessonProblem(inner.file, inner.line(of: name), "`\(name)` has one value; a variable needs several.")
        }
        variables.append(Variable(name: name, values: values))
        continue
      }
      var range = try inner.fields(name)[0]
      let bounds = -1_000_000_000_000...1_000_000_000_000
      let from = try range.whole("from", in: bounds) ?? 0
      let to = try range.whole("to", in: bounds) ?? 0
      let step = try range.whole("step", in: 1...1_000_000_000) ?? 1
      try range.finish("A range")
      let values = stride(from: from, through: to, by: step).prefix(1000).map(String.init)
      guard values.count > 1 else {
        throw LessonProblem(range.file, range.line, "`\(name)` has no values from \(from) to \(to).")
      }
      variables.append(Variable(name: name, values: values))
    }
    return variables
  }

  private static func cases(_ fields: inout YAMLFields) throws(LessonProblem) -> [[String: String]] {
    var cases: [[String: String]] = []
    for var row in try fields.fields("cases") {
      var values: [String: String] = [:]
      for key in row.keys { values[key] = try row.text(key) }
      cases.append(values)
    }
    return cases
  }

  private func validate() throws(LessonProblem) {
    let known = Set(variables.map(\.name))
    for text in [ask, answer ?? "", condition ?? ""] {
      for name in Placeholder.names(in: text) where !known.contains(name) {
        guard !cases.isEmpty, cases.allSatisfy({ $0[name] != nil }) else {
          throw LessonProblem(file, line, "`{\(name)}` stands for nothing: name it under `with` or in every case.")
        }
      }
    }
    for text in [answer].compactMap(\.self) where choices.isEmpty {
      try FactExpression.validate(filled(text, first), file: file, line: line)
    }
    if let condition { try FactExpression.validate(filled(condition, first), file: file, line: line) }
    if choices.count == 1 { throw LessonProblem(file, line, "One choice is none.") }
  }

  private var first: [String: String] {
    var values = cases.first ?? [:]
    for variable in variables { values[variable.name] = variable.values[0] }
    return values
  }
  private func filled(_ text: String, _ values: [String: String]) -> String { Placeholder.fill(text, values) }

  /// How many variants there are.
  package var variantCount: Int { variables.reduce(max(1, cases.count)) { $0 * $1.values.count } }

  /// The question as one student gets it.
  package func variant(_ seed: LessonSeed) -> QuizVariant {
    var random = seed.generator(for: id)
    var values = cases.isEmpty ? [:] : cases[random.below(cases.count)]
    for variable in variables { values[variable.name] = variable.values[random.below(variable.values.count)] }
    var choices = choices
    for index in choices.indices.dropLast() { choices.swapAt(index, index + random.below(choices.count - index)) }
    return QuizVariant(
      ask: filled(ask, values), choices: choices,
      answer: (values["answer"] ?? answer).map { filled($0, values) },
      otherwise: filled(otherwise, values), condition: condition.map { filled($0, values) })
  }
}

/// A question as one student gets it.
package struct QuizVariant: Sendable, Equatable {
  package var ask: String
  /// In this student's order.
  package var choices: [String]
  /// An expression, or one of the choices.
  package var answer: String?
  package var otherwise: String
  package var condition: String?
}
