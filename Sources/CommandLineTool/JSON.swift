import Debugger

/// A value as JSON text. Members keep their order, so the same results give the same text.
enum JSON {
  case object([(String, JSON)])
  case array([JSON])
  case string(String)
  /// Exact up to 2^53 for most readers.
  case whole(UInt64)
  /// With six decimal places; null where it is not finite.
  case real(Double)
  case truth(Bool)
  case null

  /// The text: an object or an array that holds no other stands on one line.
  var text: String { text(indent: 0) + "\n" }

  private var isFlat: Bool {
    switch self {
    case .object(let members): members.allSatisfy { !$0.1.isContainer }
    case .array(let items): items.allSatisfy { !$0.isContainer }
    default: true
    }
  }
  private var isContainer: Bool {
    switch self {
    case .object, .array: true
    default: false
    }
  }

  private func text(indent: Int) -> String {
    switch self {
    case .object(let members):
      enclosed("{", members.map { "\(Self.quoted($0.0)): \($0.1.text(indent: indent + 2))" }, "}", indent)
    case .array(let items): enclosed("[", items.map { $0.text(indent: indent + 2) }, "]", indent)
    case .string(let text): Self.quoted(text)
    case .whole(let number): "\(number)"
    case .real(let number): number.isFinite ? printfDouble("%.6f", number) : "null"
    case .truth(let truth): "\(truth)"
    case .null: "null"
    }
  }

  private func enclosed(_ open: String, _ items: [String], _ close: String, _ indent: Int) -> String {
    if isFlat { return open + items.joined(separator: ", ") + close }
    let space = String(repeating: " ", count: indent)
    return "\(open)\n\(space)  " + items.joined(separator: ",\n\(space)  ") + "\n\(space)\(close)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for unit in text.unicodeScalars {
      switch unit {
      case "\"", "\\": result += "\\\(unit)"
      case "\u{0}"..."\u{1f}": result += "\\u00" + (unit.value < 16 ? "0" : "") + String(unit.value, radix: 16)
      default: result.unicodeScalars.append(unit)
      }
    }
    return result + "\""
  }
}
