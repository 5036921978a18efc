/// What names a student: in the hand-in, the roster, and the names of files.
package enum StudentName {
  /// Bytes.
  package static let longest = 64

  /// Why a text cannot be an id, or nil. Ids become names of files and parts of reports, so they are plain words.
  package static func problem(_ text: String) -> String? {
    if text.isEmpty { return "the student id is empty" }
    guard text.utf8.count <= longest else { return "a student id has at most \(longest) characters" }
    let odd = text.unicodeScalars.first { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "@", "+": false
      default: true
      }
    }
    if let odd {
      let shown = odd.value > 32 && odd.value < 127 ? "`\(odd)`" : "U+\(String(odd.value, radix: 16).uppercased())"
      return "a student id has letters, digits, and _ - . @ + alone, not \(shown)"
    }
    guard let first = text.first, first != ".", first != "-" else {
      return "a student id begins with a letter, a digit or `_`: not \"\(text)\""
    }
    return nil
  }
}
