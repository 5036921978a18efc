import Yams

/// Reads YAML of a lesson member by member; what is missing, of the wrong kind or not known is told with its line.
struct YAMLFields {
  private let mapping: [(key: String, value: Node, line: Int)]
  let file: String
  /// Line of the text's first line in the file, from 1.
  private let firstLine: Int
  /// Where the mapping begins.
  let line: Int
  private var used: Set<String> = []

  /// The one mapping that a text holds.
  init(_ text: String, file: String, firstLine: Int) throws(LessonProblem) {
    let nodes = try Self.mappings(text, file: file, firstLine: firstLine)
    guard nodes.count == 1 else {
      throw LessonProblem(file, firstLine, "One mapping of `key: value` lines is wanted here.")
    }
    self = nodes[0]
  }

  /// The mapping that a text holds, or all those of the list that it holds.
  static func mappings(_ text: String, file: String, firstLine: Int) throws(LessonProblem) -> [YAMLFields] {
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch let error as YamlError {
      throw Self.problem(error, file: file, firstLine: firstLine)
    } catch { throw LessonProblem(file, firstLine, "\(error)") }
    guard let node else { throw LessonProblem(file, firstLine, "It is empty.") }
    if case .sequence(let sequence) = node {
      var fields: [YAMLFields] = []
      for item in sequence { fields.append(try YAMLFields(item, file: file, firstLine: firstLine)) }
      return fields
    }
    return [try YAMLFields(node, file: file, firstLine: firstLine)]
  }

  private init(_ node: Node, file: String, firstLine: Int) throws(LessonProblem) {
    (self.file, self.firstLine) = (file, firstLine)
    line = Self.line(of: node, firstLine)
    guard case .mapping(let mapping) = node else {
      throw LessonProblem(file, line, "`key: value` lines are wanted here.")
    }
    var members: [(key: String, value: Node, line: Int)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else { throw LessonProblem(file, line, "A key must be a word.") }
      let line = Self.line(of: key, firstLine)
      if members.contains(where: { $0.key == name }) { throw LessonProblem(file, line, "`\(name)` is there twice.") }
      members.append((name, value, line))
    }
    self.mapping = members
  }

  private static func line(of node: Node, _ firstLine: Int) -> Int { (node.mark?.line ?? 1) + firstLine - 1 }

  private static func problem(_ error: YamlError, file: String, firstLine: Int) -> LessonProblem {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = context.map { " \($0.text.trimmingEnd)" } ?? ""
      return LessonProblem(file, mark.line + firstLine - 1, "This is no YAML: \(problem.trimmingEnd)\(place).")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return LessonProblem(
        file, context.mark.line + firstLine - 1,
        "`\(duplicates.map { "\($0)" }.joined(separator: ", "))` is there twice.")
    default: return LessonProblem(file, firstLine, "This is no YAML: \(error).")
    }
  }

  private mutating func value(_ key: String) -> (node: Node, line: Int)? {
    used.insert(key)
    return mapping.first { $0.key == key }.map { ($0.value, $0.line) }
  }

  func line(of key: String) -> Int { mapping.first { $0.key == key }?.line ?? line }
  func has(_ key: String) -> Bool { mapping.contains { $0.key == key } }

  mutating func string(_ key: String) throws(LessonProblem) -> String? {
    guard let (node, line) = value(key) else { return nil }
    guard let scalar = node.scalar else { throw LessonProblem(file, line, "`\(key)` must be a text.") }
    return scalar.string.trimmingEnd
  }
  mutating func text(_ key: String) throws(LessonProblem) -> String {
    guard let text = try string(key), !text.isEmpty else {
      throw LessonProblem(file, has(key) ? line(of: key) : line, "`\(key):` is missing.")
    }
    return text
  }
  mutating func whole(_ key: String, in range: ClosedRange<Int>) throws(LessonProblem) -> Int? {
    guard let text = try string(key) else { return nil }
    guard let number = Int(text.filter { $0 != "_" && $0 != "," }), range.contains(number) else {
      throw LessonProblem(
        file, line(of: key), "`\(key): \(text)` must be a whole number from \(range.lowerBound) to \(range.upperBound)."
      )
    }
    return number
  }
  /// A list of texts; a single text is a list of one.
  mutating func list(_ key: String) throws(LessonProblem) -> [String] {
    guard let (node, line) = value(key) else { return [] }
    if let scalar = node.scalar { return scalar.string.isEmpty ? [] : [scalar.string] }
    guard case .sequence(let items) = node else { throw LessonProblem(file, line, "`\(key)` must be a list.") }
    var texts: [String] = []
    for item in items {
      guard let scalar = item.scalar else {
        throw LessonProblem(file, Self.line(of: item, firstLine), "An item of `\(key)` must be a text; quote it.")
      }
      texts.append(scalar.string)
    }
    return texts
  }
  /// A mapping inside, or a list of them.
  mutating func fields(_ key: String) throws(LessonProblem) -> [YAMLFields] {
    guard let (node, _) = value(key) else { return [] }
    guard case .sequence(let items) = node else { return [try YAMLFields(node, file: file, firstLine: firstLine)] }
    var fields: [YAMLFields] = []
    for item in items { fields.append(try YAMLFields(item, file: file, firstLine: firstLine)) }
    return fields
  }
  /// The keys, in their order.
  var keys: [String] { mapping.map(\.key) }
  /// Whether what stands behind a key is a mapping.
  func isMapping(_ key: String) -> Bool {
    if case .mapping? = mapping.first(where: { $0.key == key })?.value { true } else { false }
  }

  /// Refuses what nobody asked for.
  func finish(_ what: String) throws(LessonProblem) {
    guard let unknown = mapping.first(where: { !used.contains($0.key) }) else { return }
    throw LessonProblem(
      file, unknown.line, "\(what) has no `\(unknown.key)`; it may have \(used.sorted().joined(separator: ", ")).")
  }
}

extension String {
  /// Without blanks and line ends behind it.
  var trimmingEnd: String {
    var part = self[...]
    while let last = part.last, last.isWhitespace { part.removeLast() }
    return String(part)
  }
}
