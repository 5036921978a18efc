import Yams

/// A lesson's text as students get it.
package enum LessonStripper {
  /// Without `expect` blocks, and without the answers of questions.
  package static func strip(_ text: String) -> String {
    var result: [String] = []
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    while let line = lines.popFirst() {
      guard line == "```expect" || line == "```quiz" else {
        result.append(line)
        continue
      }
      let body = Array(lines.prefix { $0 != "```" })
      lines = lines.dropFirst(body.count + 1)
      if line == "```quiz" {
        result += [line, question(body.joined(separator: "\n")), "```"]
      } else if result.last == "" {
        result.removeLast()
      }
    }
    return result.joined(separator: "\n")
  }

  private static func question(_ text: String) -> String {
    guard let node = try? Yams.compose(yaml: text), case .mapping(let fields) = node else { return "" }
    let known = fields.filter { !["answer", "else"].contains($0.key.string) }.map { field -> (Node, Node) in
      guard field.key.string == "cases", case .sequence(let rows) = field.value else { return (field.key, field.value) }
      let stripped = rows.map { row -> Node in
        guard case .mapping(let values) = row else { return row }
        return Node(values.filter { $0.key.string != "answer" }.map { ($0.key, $0.value) })
      }
      return (field.key, Node(stripped))
    }
    return ((try? Yams.serialize(node: Node(known))) ?? "").trimmingEnd
  }
}
