import Debugger

/// A command made with `define`.
struct UserCommand {
  var body: [String]
  var documentation: [String] = []
}

extension Console {
  /// Reads lines from the present source up to the `end` that closes the block.
  func readBlock(_ what: String) throws(CommandError) -> [String] {
    var lines: [String] = []
    var depth = 0
    while true {
      guard case .line(let line) = source.readLine(prompt: ">") else {
        throw .failed("The \(what) is not closed: `end` is missing.")
      }
      let word = line.trimmed.prefix { $0 != " " && $0 != "(" }
      if word == "end" {
        if depth == 0 { return lines }
        depth -= 1
      }
      if ["if", "while", "define", "document", "commands"].contains(word) { depth += 1 }
      lines.append(line)
    }
  }

  /// Divides the body of an `if` at its own `else`.
  func splitElse(_ body: [String]) -> (yes: [String], no: [String]) {
    var depth = 0
    for (index, line) in body.enumerated() {
      let word = line.trimmed.prefix { $0 != " " && $0 != "(" }
      if ["if", "while", "define", "document", "commands"].contains(word) { depth += 1 }
      if word == "end" { depth -= 1 }
      if word == "else", depth == 0 { return (Array(body[..<index]), Array(body[(index + 1)...])) }
    }
    return (body, [])
  }

  /// Runs a command of the person's own, with `$argc` and `$arg0`… replaced.
  func runUser(_ name: String, _ arguments: Arguments) throws(CommandError) {
    guard let command = userCommands[name] else { throw .failed("Undefined command: \"\(name)\".  Try \"help\".") }
    let values = Console.splitQuoted(arguments.text)
    let body = command.body.map { line in
      var text = line.replacingAll("$argc", with: String(values.count))
      for (index, value) in values.enumerated().reversed() { text = text.replacingAll("$arg\(index)", with: value) }
      return text
    }
    try runScript(ScriptSource(body))
  }

  /// Words divided by blanks; quotes and brackets keep one together.
  static func splitQuoted(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    var depth = 0
    for character in text {
      if let open = quote {
        word.append(character)
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
        word.append(character)
      } else if character == " " && depth == 0 {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if "({[".contains(character) { depth += 1 }
        if ")}]".contains(character) { depth = max(0, depth - 1) }
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  // MARK: printf

  /// Formats as C's printf does; `text` is `"FORMAT", ARGUMENT, …`.
  func formatted(_ text: String) throws(CommandError) -> String {
    let (format, arguments) = try Console.divideFormat(text)
    let expressions = try check { () throws(EvaluationError) in
      try ExpressionParser.parseList(arguments, isType: { [session] in session.isType($0) })
    }
    var values: [Value] = []
    for expression in expressions {
      values.append(try check { () throws(EvaluationError) in try session.evaluate(expression) })
    }
    return try PrintfFormat(format).text(values) { [session] address throws(CommandError) in
      var bytes: [UInt8] = []
      while bytes.count < 4096 {
        let next: [UInt8]
        do throws(EvaluationError) { next = try session.readMemory(address.advanced(by: bytes.count), count: 1) } catch
        {
          throw CommandError.failed(error.description)
        }
        if next[0] == 0 { break }
        bytes.append(next[0])
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Divides `"FORMAT", ARGUMENTS`; the format's escapes are replaced.
  static func divideFormat(_ text: String) throws(CommandError) -> (format: String, arguments: String) {
    let bytes = Array(text.utf8)
    guard bytes.first == 0x22 else { throw .failed("Bad format string: it begins with a double quote.") }
    var index = 1
    while index < bytes.count, bytes[index] != 0x22 { index += bytes[index] == 0x5c ? 2 : 1 }
    guard index < bytes.count else { throw .failed("Bad format string, non-terminated '\"'.") }
    let format = String(decoding: unescaped(bytes[1..<index]), as: UTF8.self)
    let rest = String(decoding: bytes[(index + 1)...], as: UTF8.self).trimmed
    if rest.isEmpty { return (format, "") }
    guard rest.hasPrefix(",") else { throw .failed("Invalid argument syntax: a comma follows the format.") }
    return (format, String(rest.dropFirst()).trimmed)
  }

  /// Called inside the engine's run where a dprintf stands.
  func dynamicPrintf(_ stop: StopPoint) {
    guard case .printf(_, _, let format, let arguments) = stop.kind else { return }
    do { write(try formatted(arguments.isEmpty ? format : "\(format), \(arguments)")) } catch { report(error) }
  }
}

extension String {
  func containsText(_ needle: String) -> Bool {
    let (text, wanted) = (Array(utf8), Array(needle.utf8))
    guard wanted.count <= text.count else { return false }
    return (0...(text.count - wanted.count)).contains { text[$0...].starts(with: wanted) }
  }
  func replacingAll(_ old: String, with new: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(old) {
        result += new
        rest = rest.dropFirst(old.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
