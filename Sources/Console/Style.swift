/// Colours that can be read on light and on dark screens: green, magenta, bold. Nothing is said by colour alone.
package struct Style {
  package var isEnabled: Bool

  package init(isEnabled: Bool) { self.isEnabled = isEnabled }

  package enum Role: String {
    case title = "1"
    case symbol = "32"
    case guest = "35"
    case error = "31"
  }

  package func paint(_ text: String, _ role: Role) -> String {
    isEnabled && !text.isEmpty ? "\u{1b}[\(role.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// Paints every `<symbol+offset>` of a line.
  package func symbols(_ line: String) -> String {
    guard isEnabled else { return line }
    var result = ""
    var rest = line[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      result += rest[..<open] + paint(String(rest[open...close]), .symbol)
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
