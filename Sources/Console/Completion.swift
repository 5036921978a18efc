import Debugger
import RISCV

/// What Tab offers for a line.
package struct Completion: Equatable, Sendable {
  /// Where the word that is completed begins, as an offset in characters.
  package var start: Int
  /// What can stand there, in order, whole words.
  package var candidates: [String]

  package init(start: Int, candidates: [String]) {
    self.start = start
    self.candidates = candidates
  }
}

private struct NamedCommand {
  var command: any Command.Type
  var wordCount: Int
}

extension Console {
  /// The completions of the word at the end of `line`.
  package func complete(_ line: String) -> Completion {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let last = words.last ?? ""
    let before = words.dropLast().filter { !$0.isEmpty }
    let start = line.count - last.count
    if before.isEmpty {
      let own = Array(userCommands.keys) + Array(userAliases.keys)
      let names =
        CommandTable.topLevel.map { $0.name } + longAliases
        + own
      return Completion(start: start, candidates: matching(names, last))
    }
    guard let named = commandOf(before) else { return Completion(start: start, candidates: []) }
    let (command, used) = (named.command, named.wordCount)
    let children = CommandTable.children(of: command.name).map { CommandTable.lastWord($0) }
    if used == before.count, !children.isEmpty {
      var names = children
      if command.name == "enable" { names += ["display"] }
      // Beside subcommands `side` takes techniques.
      if case .places(let words) = command.completion { names += words[0] }
      let found = matching(names, last)
      if command.name == "info" || !found.isEmpty { return Completion(start: start, candidates: found) }
    }
    if case .places(let words) = command.completion {
      return Completion(
        start: start, candidates: matching(words[min(before.count - used, words.count - 1)], last))
    }
    return arguments(of: command, last, start, isFirst: used == before.count, kind: before.last ?? "")
  }

  /// Aliases that are words of their own, not beginnings of the name.
  private var longAliases: [String] {
    CommandTable.topLevel.flatMap { command in command.aliases.filter { $0.count > 2 && !command.name.hasPrefix($0) } }
  }

  private func matching(_ names: [String], _ prefix: String) -> [String] {
    Array(Set(names.filter { $0.hasPrefix(prefix) })).sorted()
  }

  /// The command that the words name, and how many of them its name takes.
  private func commandOf(_ words: [String]) -> NamedCommand? {
    let first = String(words[0].prefix { $0 != "/" })
    guard let command = try? find(first, among: CommandTable.topLevel, prefix: nil) else { return nil }
    if words.count > 1, let child = try? find(words[1], among: CommandTable.children(of: command.name), prefix: nil) {
      return NamedCommand(command: child, wordCount: 2)
    }
    return NamedCommand(command: command, wordCount: 1)
  }

  private func arguments(
    of command: any Command.Type, _ word: String, _ start: Int, isFirst: Bool, kind: String
  ) -> Completion {
    switch command.completion {
    case .none, .places: return Completion(start: start, candidates: [])
    case .words(let words):
      if isFirst { return Completion(start: start, candidates: matching(words, word)) }
      return Completion(start: start, candidates: matching(eventArguments(of: kind), word))
    case .command:
      return Completion(
        start: start, candidates: matching(CommandTable.topLevel.map { $0.name } + userCommands.keys, word))
    case .file: return Completion(start: start, candidates: surroundings.completeFile(word))
    case .csr: return Completion(start: start, candidates: matching(CSRName.all.map(\.name), word))
    case .register:
      return Completion(start: start, candidates: matching(registerNames + ["all", "csr", "float", "host"], word))
    case .location: return location(word, start)
    case .expression: return expression(word, start)
    }
  }

  /// What can stand behind a kind of event.
  private func eventArguments(of kind: String) -> [String] {
    switch kind {
    case "trap", "exit": ExceptionCause.allCases.map(\.argument)
    case "interrupt": Interrupt.allCases.map(\.argument)
    case "privilege": PrivilegeMode.allCases.map(\.letter)
    case "csr": CSRName.all.map(\.name)
    case "stage": ["firmware", "loader", "kernel", "user"]
    case "balloon": BalloonStep.allCases.map { "\($0)" }
    case "marker": session.markerNames.all
    case "entry": ExitReason.allCases.map(\.name)
    case "fault": FaultClass.allCases.map(\.name)
    case "shadow": ShadowStep.allCases.map { "\($0)" }
    case "nested": NestedStep.allCases.map { "\($0)" }
    case "tlb": TLBStep.allCases.map { "\($0)" }
    default: []
    }
  }

  private var registerNames: [String] {
    let names = RegisterName.abiX + RegisterName.abiF + ["pc", "priv"] + CSRName.all.map(\.name)
    return session.physicalHart == nil ? names : names + names.map { "host." + $0 }
  }

  /// Completes a place: a function, a source file, or a line of one that has code.
  private func location(_ word: String, _ start: Int) -> Completion {
    if word.hasPrefix("*") { return expression(word, start) }
    if let colon = word.lastIndex(of: ":") {
      let (file, rest) = (String(word[..<colon]), String(word[word.index(after: colon)...]))
      let names = session.lineNumbers(ofFile: file).map(String.init).filter { $0.hasPrefix(rest) }
      return Completion(start: start, candidates: names.prefix(500).map { "\(file):\($0)" })
    }
    let files = session.sourceFileNames.filter { $0.hasPrefix(word) }
    let functions = session.functionNames.filter { $0.hasPrefix(word) }
    let all = Set(files + functions + expression(word, start).candidates)
    return Completion(start: start, candidates: word.isEmpty ? [] : Array(all.sorted().prefix(500)))
  }

  /// Completes the name at the end of an expression: `$register`, `$variable`, or a symbol.
  private func expression(_ word: String, _ start: Int) -> Completion {
    let name = String(word.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }.reversed())
    let head = String(word.dropLast(name.count))
    if head.hasSuffix("$") {
      let functions = ConvenienceFunction.all.map { $0.name + "(" }
      let names = matching(registerNames + session.variables.keys + functions, name)
      return Completion(start: start, candidates: names.map { head + $0 })
    }
    if name.isEmpty { return Completion(start: start, candidates: []) }
    return Completion(start: start, candidates: session.images.names(withPrefix: name).prefix(500).map { head + $0 })
  }
}
