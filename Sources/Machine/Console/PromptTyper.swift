/// One `--type 'PROMPT=>TEXT'`: when the console has said PROMPT, TEXT is typed.
package struct TypingRule: Sendable, Equatable {
  package var prompt: [UInt8]
  package var text: [UInt8]

  package init(prompt: String, text: String) {
    self.prompt = Array(prompt.utf8)
    self.text = Array(text.utf8)
  }

  /// Reads `PROMPT=>TEXT`. The last `=>` divides, so that a prompt may be `=> ` itself, as U-Boot's is. In both parts `\n`, `\r`,
  /// `\t`, `\e`, `\\` and `\xHH` stand for what they stand for in C. Nil when there is no `=>`, no prompt, or a bad escape.
  package init?(parsing rule: String) {
    let bytes = Array(rule.utf8)
    guard
      let divider = bytes.indices.dropLast().last(where: {
        bytes[$0] == UInt8(ascii: "=") && bytes[$0 + 1] == UInt8(ascii: ">")
      }),
      divider > 0, let prompt = Self.unescape(bytes[..<divider]), let text = Self.unescape(bytes[(divider + 2)...])
    else { return nil }
    self.prompt = prompt
    self.text = text
  }

  private static func unescape(_ source: ArraySlice<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var rest = source
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "e"): result.append(27)
      case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "x"):
        let digits = rest.prefix(2)
        guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
          return nil
        }
        result.append(value)
        rest = rest.dropFirst(2)
      default: return nil
      }
    }
    return result
  }
}

/// Watches the console's output for prompts, in the order of the rules, each once.
package struct PromptTyper: Sendable {
  private var rules: ArraySlice<TypingRule>
  /// The latest output, no longer than the prompt that is waited for; output before the previous answer does not count.
  private var seen: [UInt8] = []

  package init(_ rules: [TypingRule]) { self.rules = rules[...] }

  /// How many prompts have not appeared yet.
  package var remaining: Int { rules.count }

  /// The guest wrote a byte. Returns what is to be typed when that completes the prompt that is waited for.
  package mutating func note(_ byte: UInt8) -> [UInt8]? {
    guard let rule = rules.first else { return nil }
    if seen.count >= rule.prompt.count { seen.removeFirst(seen.count - rule.prompt.count + 1) }
    seen.append(byte)
    guard seen == rule.prompt else { return nil }
    seen.removeAll(keepingCapacity: true)
    rules.removeFirst()
    return rule.text
  }
}
