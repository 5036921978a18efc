/// A command of the prompt: one type in one file of `Commands`, one line in ``CommandTable``.
package protocol Command: SendableMetatype {
  /// The full name; a subcommand has its prefix before it, as in `info registers`.
  static var name: String { get }
  /// Other names, the pinned short ones among them. Of a subcommand, without the prefix.
  static var aliases: [String] { get }
  static var category: CommandCategory { get }
  /// One line for lists.
  static var summary: String { get }
  /// Usage, what it does, and a line that begins with `Example:`.
  static var help: String { get }
  /// It moves the guest, which cannot be while a person has an exit to serve.
  static var letsGuestRun: Bool { get }
  /// What an empty line after it does.
  static var repetition: Repetition { get }
  /// What Tab offers for its arguments.
  static var completion: CompletionKind { get }
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError)
}

extension Command {
  package static var aliases: [String] { [] }
  package static var repetition: Repetition { .never }
  package static var completion: CompletionKind { .none }
  package static var letsGuestRun: Bool { false }
}

/// The chapters of `help`.
package enum CommandCategory: String, CaseIterable, Sendable {
  case running, stops, source, data, machine, guest, scripting, lessons, support

  package var summary: String {
    switch self {
    case .running: "Running and stepping the guest"
    case .stops: "Making the guest stop at certain points"
    case .source: "Source lines"
    case .data: "Examining and changing registers and memory"
    case .machine: "Looking into the machine: translation, devices, stages"
    case .guest: "The guest's console"
    case .scripting: "Commands of your own, scripts and variables"
    case .lessons: "Lessons"
    case .support: "Help and settings"
    }
  }
}

/// What an empty line does after a command.
package enum Repetition: Sendable {
  case never
  /// The same line again.
  case same
  /// The command with its format, without its arguments, as `x` goes on where it stopped.
  case withoutArguments
}

/// What can stand where a command's arguments are.
package enum CompletionKind: Sendable {
  case none
  /// Symbols, registers and variables.
  case expression
  /// Symbols only.
  case location
  case register
  case csr
  case file
  case command
  case words([String])
  /// Words by place, the last list for every place from there on.
  case places([[String]])
}

/// The text behind a command's name.
package struct Arguments {
  /// Without blanks at both ends.
  package var text: String
  /// The letters and digits behind a slash, as in `x/4xw`; nil without one.
  package var format: String?

  package init(_ text: String, format: String? = nil) {
    self.text = text.trimmed
    self.format = format
  }
  package var isEmpty: Bool { text.isEmpty }
  package var words: [String] { text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init) }

  /// The first word and the rest.
  package func splitFirst() -> (first: String, rest: String) {
    let first = text.prefix { $0 != " " && $0 != "\t" }
    return (String(first), String(text.dropFirst(first.count)).trimmed)
  }

  /// Reads `on` or `off`; nothing means on.
  func isOn() throws(CommandError) -> Bool {
    switch text {
    case "on", "1", "yes", "enable", "": return true
    case "off", "0", "no", "disable": return false
    default: throw .failed("\"on\" or \"off\" expected.")
    }
  }

  /// Divides `LOCATION if CONDITION`.
  package func splitCondition() -> (head: String, condition: String?) {
    if text.hasPrefix("if ") || text.hasPrefix("if(") { return ("", String(text.dropFirst(2)).trimmed) }
    let bytes = Array(text.utf8)
    for index in bytes.indices.dropFirst() where bytes[index...].starts(with: "if".utf8) {
      let after = index + 2 < bytes.count ? bytes[index + 2] : 32
      if bytes[index - 1] == 32, after == 32 || after == 40 {
        return (
          String(decoding: bytes[..<index], as: UTF8.self).trimmed,
          String(decoding: bytes[(index + 2)...], as: UTF8.self).trimmed
        )
      }
    }
    return (text, nil)
  }
}

/// Why a command did not do its work, or asks for something of the loop that runs it.
package enum CommandError: Error {
  /// What went wrong, for the person.
  case failed(String)
  case quit(status: Int32)
  case loopBreak
  case loopContinue
}

extension String {
  /// With its first letter large, as a sentence begins.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
  package var trimmed: String {
    var part = self[...]
    while let first = part.first, first == " " || first == "\t" || first == "\r" { part.removeFirst() }
    while let last = part.last, last == " " || last == "\t" || last == "\r" { part.removeLast() }
    return String(part)
  }
  package var trimmedEnd: String {
    var part = self[...]
    while part.last == " " { part.removeLast() }
    return String(part)
  }
  /// The text, filled with blanks up to a width.
  package func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  /// The text with blanks before it up to a width.
  package func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
