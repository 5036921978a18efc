import Debugger

/// What became of an assertion or an answer.
package enum Verdict: Equatable, Sendable {
  case right
  case wrong
  /// It has no value here, for this reason.
  case undecided(String)
}

extension Session {
  /// Whether an expression about the machine holds now. Nothing changes by it.
  package func judge(fact: String) -> Verdict {
    do { return try lookingOnly { () throws(EvaluationError) in try evaluate(fact) }.isTrue ? .right : .wrong } catch {
      return .undecided("\(error)")
    }
  }

  /// Evaluates as at the innermost frame, with the person's selection, values and warnings left as they are.
  fileprivate func lookingOnly<Result>(
    _ body: () throws(EvaluationError) -> Result
  ) throws(EvaluationError) -> Result {
    let (frame, before) = (selectedFrame, warnings)
    selectedFrame = 0
    defer { (selectedFrame, warnings) = (frame, before) }
    return try body()
  }
}

extension QuizVariant {
  /// The right answer as a person would write it, computed from the machine where it stands; the error's text where there is none.
  package func rightAnswer(in session: Session) -> Result<QuizAnswer, EvaluationError> {
    guard let answer else {
      return .failure(.other("The answer is not in this copy of the lesson; it is judged when you hand in."))
    }
    if choices.contains(where: { QuizAnswer.isAlike($0, answer) }) { return .success(.text(answer)) }
    do {
      let value = try session.lookingOnly { () throws(EvaluationError) in try session.evaluate(answer) }
      if value.type == .void { return .failure(.other("`\(answer)` has no value here.")) }
      if value.type == .string { return .success(.text(value.string)) }
      if value.type.isFloat { return .success(.real(value.asDouble)) }
      return .success(.whole(value.bits))
    } catch { return .failure(error) }
  }

  /// Whether the question makes sense where the machine stands.
  package func isAsked(in session: Session) -> Bool {
    guard let condition else { return true }
    return session.judge(fact: condition) == .right
  }

  /// Judges what a student answered.
  package func judge(_ text: String, in session: Session) -> Verdict {
    switch rightAnswer(in: session) {
    case .failure(let error): return .undecided("\(error)")
    case .success(let right):
      if !choices.isEmpty {
        guard let choice = chosen(text) else {
          return .undecided("Choose one by its letter, a to \(Self.letter(choices.count - 1)), or write it out.")
        }
        return right.agrees(with: choice) ? .right : .wrong
      }
      if right.isNumber, QuizAnswer.number(in: text) == nil {
        return .undecided("A number is wanted, such as 42 or 0x2a.")
      }
      return right.agrees(with: text) ? .right : .wrong
    }
  }

  /// The choice that a text names: by its letter, or by enough of its words to tell it from the others.
  private func chosen(_ text: String) -> String? {
    let word = text.lowercased().filter { !$0.isWhitespace && $0 != ")" && $0 != "." }
    if word.utf8.count == 1, let letter = word.utf8.first, letter >= 0x61, Int(letter) - 0x61 < choices.count {
      return choices[Int(letter) - 0x61]
    }
    if let exact = choices.first(where: { QuizAnswer.isAlike($0, text) }) { return exact }
    let said = Self.words(text)
    guard !said.isEmpty else { return nil }
    let similar = choices.filter { choice in
      let words = Self.words(choice)
      return said.allSatisfy { word in words.contains { $0.hasPrefix(word) } }
    }
    return similar.count == 1 ? similar[0] : nil
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter {
      !["the", "a", "an"].contains($0)
    }
  }

  /// The letter before a choice.
  package static func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(0x61 + index % 26))) }
}

/// A right answer.
package enum QuizAnswer: Equatable, Sendable, CustomStringConvertible {
  case whole(UInt64)
  case real(Double)
  case text(String)

  package var description: String {
    switch self {
    case .whole(let bits): bits < 0x1_0000 ? "\(bits)" : "0x" + String(bits, radix: 16)
    case .real(let value): "\(value)"
    case .text(let text): text
    }
  }

  /// Whether two texts are the same but for case and blanks.
  static func isAlike(_ first: String, _ second: String) -> Bool { folded(first) == folded(second) }
  private static func folded(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }

  /// Whether a person's text means this: numbers in decimal or with 0x, digits grouped as one likes; a fraction within one in a hundred.
  package func agrees(with text: String) -> Bool {
    switch self {
    case .text(let right): return Self.isAlike(right, text)
    case .whole(let bits): return Self.number(in: text).flatMap(Self.whole) == bits
    case .real(let right):
      guard let number = Double((Self.number(in: text) ?? "").filter { $0 != "_" && $0 != "," && !$0.isWhitespace })
      else { return false }
      return abs(number - right) <= abs(right) / 100
    }
  }

  var isNumber: Bool { if case .text = self { false } else { true } }

  /// The one number in a text, whatever words stand beside it; nil where there is none, or several.
  static func number(in text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    // Digits may be grouped by blanks.
    if words.allSatisfy({ $0.allSatisfy(\.isNumber) }), !words.isEmpty { return words.joined() }
    let numbers = words.filter { word in
      // `yes` and `no` stand for 1 and 0 where nothing else is said.
      (whole(word) != nil && (words.count == 1 || word.contains(where: \.isNumber))) || Double(word) != nil
    }
    return numbers.count == 1 ? numbers[0] : nil
  }

  private static func whole(_ text: String) -> UInt64? {
    var digits = text.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "," && $0 != "'" }
    for space in ["gva:", "gpa:", "hpa:"] where digits.hasPrefix(space) { digits.removeFirst(space.count) }
    if digits == "yes" { return 1 }
    if digits == "no" { return 0 }
    if digits.hasPrefix("0x") { return UInt64(digits.dropFirst(2), radix: 16) }
    if let number = Int64(digits) { return UInt64(bitPattern: number) }
    return UInt64(digits)
  }
}
