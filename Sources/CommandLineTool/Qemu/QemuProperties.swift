/// What follows one of QEMU's options: `value,key=value,key`. A comma inside a value is written twice.
package struct QemuProperties {
  private var items: [(key: String, value: String)] = []
  private let option: String

  /// `firstKey` is what a first part without `=` stands for; any later one is switched on.
  package init(_ text: String, of option: String, firstKey: String) {
    self.option = "\(option) \(text)"
    for (index, part) in Self.split(text).enumerated() where !part.isEmpty {
      if let equals = part.firstIndex(of: "=") {
        items.append((String(part[..<equals]), String(part[part.index(after: equals)...])))
      } else if index == 0 {
        items.append((firstKey, part))
      } else {
        items.append((part, "on"))
      }
    }
  }

  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var rest = text[...]
    while let character = rest.popFirst() {
      if character != "," {
        parts[parts.count - 1].append(character)
      } else if rest.first == "," {
        parts[parts.count - 1].append(rest.removeFirst())
      } else {
        parts.append("")
      }
    }
    return parts
  }

  /// Takes a property out; nil when it is not there. The last one counts.
  package mutating func take(_ key: String) -> String? {
    defer { items.removeAll { $0.key == key } }
    return items.last { $0.key == key }?.value
  }

  /// Takes a switch out.
  package mutating func takeSwitch(_ key: String) throws(QemuUsageError) -> Bool? {
    guard let value = take(key) else { return nil }
    switch value {
    case "on", "yes", "true", "y": return true
    case "off", "no", "false", "n": return false
    default: throw QemuUsageError("\(option): \(key) is on or off")
    }
  }

  /// Takes a number out, decimal or with 0x.
  package mutating func takeNumber(_ key: String) throws(QemuUsageError) -> UInt64? {
    guard let value = take(key) else { return nil }
    guard let number = Self.number(value) else { throw QemuUsageError("\(option): \(key) is a number") }
    return number
  }

  static func number(_ text: String) -> UInt64? {
    text.hasPrefix("0x") || text.hasPrefix("0X") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
  }

  /// Takes out what changes nothing here.
  package mutating func pass(_ keys: String...) { items.removeAll { keys.contains($0.key) } }

  /// What nobody took.
  package var rest: [(key: String, value: String)] { items }

  /// Refuses what nobody took.
  package func finish() throws(QemuUsageError) {
    if let item = items.first { throw QemuUsageError("\(option): the property \(item.key) is not known here") }
  }
}

/// What is wrong with a command line of QEMU's: for standard error, status 64.
package struct QemuUsageError: Error, CustomStringConvertible {
  package let description: String
  init(_ text: String) { description = text }
}
