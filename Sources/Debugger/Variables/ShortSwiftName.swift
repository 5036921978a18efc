/// A demangled Swift name without modules, types of parameters and results: `Lantern.Process.move(by: Swift.Int) -> ()` is
/// `Process.move(by:)`. Other names stay as they are.
package func shortSwiftName(_ name: String) -> String {
  guard name.contains(".") || name.contains("->") else { return name }
  let name = withoutDiscriminators(name.hasPrefix("static ") ? String(name.dropFirst(7)) : name)
  guard let open = name.firstIndex(of: "(") else {
    // `Lantern.counter : Swift.Int`, `Swift.Int`
    let subject = name.split(separator: " ").first.map(String.init) ?? name
    guard name == subject || name.contains(" : ") else { return name }
    return withoutModule(subject)
  }
  let head = name[..<open]
  guard !head.isEmpty, !head.contains(" "), !head.hasSuffix(".") else { return name }
  return withoutModule(head) + labels(name[open...])
}

/// `Lantern.(idle in _ECF6F8D0)` is `Lantern.idle`: the file that a private name is of is told by a number.
private func withoutDiscriminators(_ name: String) -> String {
  var result = ""
  var rest = name[...]
  while let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
    let inside = rest[rest.index(after: open)..<close].split(separator: " ")
    result += rest[..<open]
    if inside.count == 3, inside[1] == "in", inside[2].hasPrefix("_") {
      result += inside[0]
      rest = rest[rest.index(after: close)...]
    } else {
      result.append("(")
      rest = rest[rest.index(after: open)...]
    }
  }
  return result + rest
}

private func withoutModule(_ name: some StringProtocol) -> String {
  let parts = name.split(separator: ".")
  return parts.count > 1 ? parts.dropFirst().joined(separator: ".") : String(name)
}

/// `(by: Swift.Int, Swift.Bool) -> ()` is `(by:_:)`.
private func labels(_ text: Substring) -> String {
  var (depth, labels, word) = (0, "", "")
  var (isLabel, isEmpty) = (true, true)
  for character in text {
    if ")]>".contains(character) { depth -= 1 }
    if depth == 0, character == ")" { break }
    if depth == 1 {
      if character == ":", isLabel {
        labels += word + ":"
        isLabel = false
      } else if character == "," {
        if isLabel { labels += "_:" }
        (word, isLabel) = ("", true)
      } else if character != " ", isLabel {
        word.append(character)
      }
      isEmpty = false
    }
    if "([<".contains(character) { depth += 1 }
  }
  if !isEmpty, isLabel { labels += "_:" }
  return "(\(labels))"
}
