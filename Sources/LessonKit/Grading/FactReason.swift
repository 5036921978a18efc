import Debugger
import RISCV

/// Why an assertion about the machine does not hold: the part of it that is wrong, and what is there instead.
package enum FactReason {
  /// Nil where it holds. The session stands where the assertion was to hold.
  package static func text(_ fact: String, in session: Session) -> String? {
    for part in parts(fact, at: "&&") {
      switch session.judge(fact: part) {
      case .right: continue
      case .undecided(let reason): return "\(part): \(reason)"
      case .wrong: return comparison(part, in: session) ?? "\(part) does not hold"
      }
    }
    return nil
  }

  private static func comparison(_ part: String, in session: Session) -> String? {
    for sign in ["==", "!=", "<=", ">=", "<", ">"] {
      let sides = parts(part, at: sign)
      guard sides.count == 2, parts(part, at: "||").count == 1, let value = value(sides[0], in: session) else {
        continue
      }
      if sign == "==" { return "\(sides[0]) is \(value), not \(self.value(sides[1], in: session) ?? sides[1])" }
      return "\(sides[0]) is \(value), where it should be \(sign == "!=" ? "anything else" : "\(sign) \(sides[1])")"
    }
    return nil
  }

  private static func value(_ expression: String, in session: Session) -> String? {
    guard let value = try? session.evaluate(expression), value.type != .void else { return nil }
    if value.type == .string { return "\"\(value.string.shortened)\"" }
    if value.type.isFloat { return printfDouble("%.4g", value.asDouble) }
    return value.bits < 1 << 31 ? grouped(value.bits) : "0x" + String(value.bits, radix: 16)
  }

  /// Divides at an operator that stands outside of parentheses and quotes.
  static func parts(_ text: String, at sign: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var (depth, quote): (Int, Character?) = (0, nil)
    var rest = text[...]
    while let character = rest.first {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if "([".contains(character) {
        depth += 1
      } else if ")]".contains(character) {
        depth -= 1
      } else if depth == 0, isSign(sign, rest, after: part.last) {
        parts.append(part.trimmingBlanks)
        part = ""
        rest = rest.dropFirst(sign.count)
        continue
      }
      part.append(character)
      rest.removeFirst()
    }
    return parts + [part.trimmingBlanks]
  }

  /// `<` is no part of `<=`, `<<` or `->`.
  private static func isSign(_ sign: String, _ rest: Substring, after last: Character?) -> Bool {
    guard rest.hasPrefix(sign) else { return false }
    guard sign == "<" || sign == ">" else { return true }
    let next = rest.dropFirst().first
    return next != "=" && next != "<" && next != ">" && last != "<" && last != ">" && last != "-"
  }
}

extension String {
  fileprivate var trimmingBlanks: String { String(trimmingEnd.drop { $0 == " " }) }
}
