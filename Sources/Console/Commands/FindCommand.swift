import Debugger

enum FindCommand: Command {
  static let name = "find"
  static let category = CommandCategory.data
  static let summary = "Search memory"
  static let help = """
    find[/SN] START, +LENGTH | END, VALUE…
    Searches for the values one after the other: numbers of size S (b h w g; else that of their type) or "strings". At most N
    matches. $_ is the last one, $numfound their count.
    Example: find 0x80000000, +0x1000, "hello"
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let specification = try FormatSpecification(arguments.format, command: "find")
    let parts = try console.check { () throws(EvaluationError) in try split(arguments.text) }
    guard parts.count >= 3 else { throw .failed("Missing search parameters: find START, +LENGTH, VALUE…") }
    let start = try console.address(parts[0])
    let length: UInt64
    if parts[1].hasPrefix("+") {
      length = try console.count(String(parts[1].dropFirst()))
    } else {
      let end = try console.address(parts[1]).value
      guard end >= start.value else { throw .failed("Invalid search space, end precedes start.") }
      length = end - start.value + 1
    }
    guard length <= 1 << 32 else { throw .failed("Search space too large: at most 4 GiB.") }
    let pattern = try pattern(parts.dropFirst(2), specification, console)
    try search(start, length, pattern, specification.count ?? .max, console)
  }

  private static func split(_ text: String) throws(EvaluationError) -> [String] {
    var parts = [""]
    var (depth, quoted) = (0, false)
    for character in text {
      if character == "\"" { quoted.toggle() }
      if "({".contains(character) { depth += 1 }
      if ")}".contains(character) { depth -= 1 }
      if character == "," && depth == 0 && !quoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map(\.trimmed).filter { !$0.isEmpty }
  }

  private static func pattern(
    _ texts: ArraySlice<String>, _ specification: FormatSpecification, _ console: Console
  ) throws(CommandError) -> [UInt8] {
    var bytes: [UInt8] = []
    for text in texts {
      let value = try console.evaluate(text)
      if value.type == .string {
        bytes += Array(value.string.utf8)
      } else {
        let size = specification.unit ?? min(max(value.type.size, 1), 8)
        bytes += (0..<size).map { UInt8(truncatingIfNeeded: value.bits >> UInt64(8 * $0)) }
      }
    }
    if bytes.isEmpty { throw .failed("Empty search pattern.") }
    return bytes
  }

  private static func search(
    _ start: SpacedAddress, _ length: UInt64, _ pattern: [UInt8], _ limit: Int, _ console: Console
  ) throws(CommandError) {
    var found = 0
    var offset: UInt64 = 0
    while offset + UInt64(pattern.count) <= length, found < limit {
      if console.session.interruptFlag.isSet { break }
      let part = Int(min(length - offset, 65536 + UInt64(pattern.count) - 1))
      let bytes = try console.check { () throws(EvaluationError) in
        try console.session.readMemory(start.advanced(by: Int(offset)), count: part)
      }
      var index = 0
      while index + pattern.count <= bytes.count, found < limit {
        if bytes[index] == pattern[0], bytes[index..<(index + pattern.count)].elementsEqual(pattern) {
          let address = start.advanced(by: Int(offset) + index)
          console.print(
            console.style.symbols(address.space == .guestVirtual ? symbolic(address.value, console) : address.text))
          console.session.variables["_"] = Value(address.value, .long)
          found += 1
        }
        index += 1
      }
      offset += 65536
    }
    console.session.variables["numfound"] = .int(found)
    console.print(found == 0 ? "Pattern not found." : "\(found) pattern\(found == 1 ? "" : "s") found.")
  }

  private static func symbolic(_ address: UInt64, _ console: Console) -> String {
    console.session.symbolText(address).map { "\(hex(address)) <\($0)>" } ?? hex(address)
  }
}
