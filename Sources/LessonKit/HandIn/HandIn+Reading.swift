import Foundation

extension HandIn {
  /// What a hand-in may hold. Far above what a person types in a lesson; there so that a file made to hurt cannot.
  package enum Bounds {
    /// Bytes of the file, and of a file in it.
    package static let fileSize = 4 << 20
    package static let entries = 20_000
    /// Bytes of a command with the lines that it reads on, of an answer, and of every name.
    package static let line = 16_384
    package static let answer = 4096
    package static let name = 200
    /// Pieces and bytes that were typed to the guest while one command ran.
    package static let inputs = 10_000
    package static let files = 32
    package static let steps = 1000
  }

  /// Reads the file of somebody unknown.
  package init(reading bytes: [UInt8]) throws(HandInError) {
    guard bytes.count <= Bounds.fileSize else { throw .tooLarge(count: bytes.count) }
    guard let last = bytes.last(where: { $0 > 32 }) else { throw .empty }
    let data = Data(bytes)
    let head: Head
    do { head = try JSONDecoder().decode(Head.self, from: data) } catch {
      let begins = bytes.first { $0 > 32 } == UInt8(ascii: "{")
      if begins, last != UInt8(ascii: "}") { throw .truncated(count: bytes.count) }
      throw .noHandIn(reason: Self.reason(error))
    }
    guard let format = head.format, format.hasPrefix("vitrine-handin ") else {
      throw .noHandIn(reason: "its \"format\" is not \"\(Self.format)\"")
    }
    guard format == Self.format else {
      throw .otherFormat(found: format.shortened, tool: head.tool?.shortened)
    }
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw .member(path: Self.path(error), reason: Self.reason(error))
    }
    try check()
  }

  /// What every version of the format has.
  private struct Head: Decodable {
    var format: String?
    var tool: String?
  }

  private func check() throws(HandInError) {
    if let reason = StudentName.problem(student) { throw .member(path: "student", reason: reason) }
    for (path, text) in [("tool", tool), ("lesson", lesson), ("lessonDigest", lessonDigest), ("seed", seed)] {
      try Self.check(path, text, Bounds.name)
    }
    for (name, digest) in guests {
      try Self.check("guests", name, Bounds.name)
      try Self.check("guests.\(name)", digest, Bounds.name)
    }
    guard guests.count <= Bounds.files else { throw .member(path: "guests", reason: "more than \(Bounds.files)") }
    guard log.count <= Bounds.entries else {
      throw .member(path: "log", reason: "\(log.count) entries, and at most \(Bounds.entries) are graded")
    }
    for (index, entry) in log.enumerated() { try Self.check(entry, "log[\(index)]") }
    guard files.count <= Bounds.files else {
      throw .member(path: "files", reason: "\(files.count) files, and at most \(Bounds.files) are graded")
    }
    for (task, file) in files {
      try Self.check("files", task, Bounds.name)
      try Self.check("files.\(task).name", file.name, Bounds.name)
      guard !file.name.contains("/"), file.name != "..", file.name != "." else {
        throw .member(path: "files.\(task).name", reason: "\"\(file.name)\" is not the plain name of a file")
      }
    }
  }

  private static func check(_ entry: LessonLog.Entry, _ path: String) throws(HandInError) {
    guard (0...Bounds.steps).contains(entry.step) else {
      throw .member(path: path + ".step", reason: "there is no step \(entry.step)")
    }
    guard (entry.line != nil) != (entry.quiz != nil), (entry.quiz != nil) == (entry.answer != nil) else {
      throw .member(path: path, reason: "it must have either a line, or a quiz and its answer")
    }
    try check(path + ".line", (entry.line ?? "").filter { $0 != "\n" }, Bounds.line)
    try check(path + ".quiz", entry.quiz ?? "", Bounds.name)
    try check(path + ".answer", entry.answer ?? "", Bounds.answer)
    let inputs = entry.inputs ?? []
    guard inputs.count <= Bounds.inputs, inputs.reduce(0, { $0 + $1.bytes.count }) <= Bounds.inputs else {
      throw .member(path: path + ".inputs", reason: "more than \(Bounds.inputs) bytes typed during one command")
    }
  }

  private static func check(_ path: String, _ text: String, _ limit: Int) throws(HandInError) {
    guard text.utf8.count <= limit else {
      throw .member(path: path, reason: "\(text.utf8.count) bytes, and at most \(limit) are read")
    }
    // Escape sequences would reach the terminal of whoever grades.
    guard !text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\t" || $0.value == 127 }) else {
      throw .member(path: path, reason: "it has control characters")
    }
  }

  private static func context(_ error: any Error) -> DecodingError.Context? {
    switch error as? DecodingError {
    case .dataCorrupted(let context)?, .keyNotFound(_, let context)?, .typeMismatch(_, let context)?,
      .valueNotFound(_, let context)?:
      context
    default: nil
    }
  }

  private static func path(_ error: any Error) -> String {
    var keys = context(error)?.codingPath ?? []
    if case .keyNotFound(let key, _)? = error as? DecodingError { keys.append(key) }
    let path = keys.reduce("") { path, key in
      key.intValue.map { path + "[\($0)]" } ?? (path.isEmpty ? "" : path + ".") + key.stringValue
    }
    return path.isEmpty ? "the file" : path.shortened
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound?: return "it is missing"
    case .valueNotFound?: return "it is null"
    case .typeMismatch(let type, _)?: return "it is not \(words[ObjectIdentifier(type)] ?? "what it should be")"
    case .dataCorrupted(let context)? where context.debugDescription.contains("Base64"): return "it is no base64"
    case .dataCorrupted(let context)? where context.codingPath.isEmpty: return "it is no JSON"
    case .dataCorrupted(let context)?: return context.debugDescription.shortened
    default: return "it cannot be read"
    }
  }

  private static let words: [ObjectIdentifier: String] = [
    ObjectIdentifier(String.self): "a text", ObjectIdentifier(Int.self): "a whole number",
    ObjectIdentifier(UInt64.self): "a whole number", ObjectIdentifier([Any].self): "a list",
    ObjectIdentifier([String: Any].self): "an object",
  ]
}

extension String {
  /// Cut to what a message has room for, without control characters.
  var shortened: String {
    let clean = String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    return clean.count <= 80 ? clean : clean.prefix(80) + "…"
  }
}
