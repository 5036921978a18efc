/// Every command of the prompt. A new command is one file in `Commands` and one line here.
package enum CommandTable {
  package static let all: [any Command.Type] = [
    // Running
    RunCommand.self, StartiCommand.self, ContinueCommand.self, StepiCommand.self, StephostCommand.self,
    NextiCommand.self, StepCommand.self,
    NextCommand.self, FinishCommand.self, UntilCommand.self, AdvanceCommand.self, StepcCommand.self,
    StepstageCommand.self, StepexitCommand.self, StepentryCommand.self, StepworldCommand.self, StepballoonCommand.self,
    TechniqueCommand.self, SeekCommand.self, WhenCommand.self, EnterCommand.self, InjectCommand.self,
    ShadowCommand.self, HintCommand.self, ServeCommand.self, DiscardCommand.self,
    // Stops
    BreakCommand.self, TbreakCommand.self, WatchCommand.self, RwatchCommand.self, AwatchCommand.self, CatchCommand.self,
    TcatchCommand.self, ConditionCommand.self, IgnoreCommand.self, EnableCommand.self, EnableOnceCommand.self,
    EnableCountCommand.self, EnableDeleteCommand.self, DisableCommand.self, DeleteCommand.self, ClearCommand.self,
    CommandsCommand.self, DprintfCommand.self, SaveBreakpointsCommand.self, InfoBreakpointsCommand.self,
    // Source
    ListCommand.self, InfoLineCommand.self, InfoSourceCommand.self, InfoSourcesCommand.self, DirectoryCommand.self,
    InfoLocalsCommand.self, InfoArgsCommand.self, InfoScopeCommand.self, PtypeCommand.self, WhatisCommand.self,
    // Data
    PrintCommand.self, OutputCommand.self, PrintfCommand.self, EchoCommand.self, ExamineCommand.self,
    DisplayCommand.self,
    UndisplayCommand.self, InfoDisplayCommand.self, InfoRegistersCommand.self, DisassembleCommand.self,
    BacktraceCommand.self,
    FrameCommand.self, UpCommand.self, DownCommand.self, FindCommand.self, InfoFrameCommand.self,
    InfoSymbolCommand.self,
    InfoAddressCommand.self, SetCommand.self, SetVarCommand.self, AsmCommand.self, AddSymbolFileCommand.self,
    // Machine
    InfoExitsCommand.self, InfoFaultsCommand.self, InfoLedgerCommand.self, InfoShadowCommand.self, InfoTcCommand.self,
    InfoTcHistoryCommand.self, DumpCommand.self, DumpTcCommand.self,
    InfoNestedCommand.self, InfoVmsCommand.self, InfoVcpuCommand.self, InfoMemoryCommand.self,
    InfoCostsCommand.self, SetCostCommand.self,
    InfoWalkCommand.self, InfoWriterCommand.self, InfoTLBCommand.self, InfoDevicesCommand.self, InfoHartsCommand.self,
    HartCommand.self, InfoStagesCommand.self, InfoImagesCommand.self, TraceCommand.self, TraceStartCommand.self,
    TraceStopCommand.self, InfoTraceCommand.self, InfoBalloonCommand.self, InfoDigestCommand.self, SetCheckCommand.self,
    // Side by side
    SideCommand.self, SideStepiCommand.self, SideUntilCommand.self, SideContinueCommand.self, SideNextCommand.self,
    SideWhyCommand.self, SideInfoCommand.self, SideExplainCommand.self, SideTypeCommand.self,
    SideOffCommand.self,
    // Guest
    ConsoleCommand.self, TypeCommand.self, BalloonCommand.self,
    // Scripting
    DefineCommand.self, DocumentCommand.self, IfCommand.self, WhileCommand.self, LoopBreakCommand.self,
    LoopContinueCommand.self, SourceCommand.self, AliasCommand.self,
    // Lessons
    LessonCommand.self, LessonNextCommand.self, LessonSkipCommand.self, LessonGoCommand.self, LessonCheckCommand.self,
    LessonHintCommand.self, LessonResetCommand.self, LessonStatusCommand.self, AnswerCommand.self,
    // Support
    HelpCommand.self, AproposCommand.self, InfoCommand.self, ShowCommand.self, SaveCommand.self, QuitCommand.self,
    SetPaginationCommand.self, SetConfirmCommand.self, SetHistoryCommand.self, SetStyleCommand.self,
    SetLoggingCommand.self,
    SetPromptCommand.self, ShellCommand.self,
  ]

  /// Commands by their number of words: `info registers` is found below `info`.
  static let topLevel = all.filter { !$0.name.contains(" ") }
  static func children(of prefix: String) -> [any Command.Type] {
    all.filter { $0.name.hasPrefix(prefix + " ") && !$0.name.dropFirst(prefix.count + 1).contains(" ") }
  }
  static func lastWord(_ command: any Command.Type) -> String { String(command.name.split(separator: " ").last!) }
}

/// A command line with its command found.
enum Resolved {
  case command(any Command.Type, Arguments)
  case user(String, Arguments)
}

extension Console {
  private static func isNameByte(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "-" || character == "."
  }

  /// Finds the command of a line: exact names first, then aliases, then unique prefixes.
  func resolve(_ line: String, afterAlias: Int = 0) throws(CommandError) -> Resolved {
    let word = String(line.prefix(while: Self.isNameByte))
    let rest = String(line.dropFirst(word.count))
    if word.isEmpty { throw undefined(String(line.prefix { $0 != " " }), prefix: nil) }
    if let expansion = userAliases[word], afterAlias < 20 {
      return try resolve(expansion + rest, afterAlias: afterAlias + 1)
    }
    if userCommands[word] != nil { return .user(word, Arguments(rest)) }
    let command = try find(word, among: CommandTable.topLevel, prefix: nil)
    guard let command else {
      let names = userCommands.keys.sorted().filter { $0.hasPrefix(word) }
      if names.count == 1 { return .user(names[0], Arguments(rest)) }
      throw undefined(word, prefix: nil)
    }
    return try descend(command, rest)
  }

  private func descend(_ command: any Command.Type, _ rest: String) throws(CommandError) -> Resolved {
    let children = CommandTable.children(of: command.name)
    let text = rest.trimmed
    let word = String(text.prefix(while: Self.isNameByte))
    if !children.isEmpty, !word.isEmpty, !rest.hasPrefix("/") {
      let after = text.dropFirst(word.count).first
      let looksLikeExpression = command.name == "set" && (after.map { "=+-*/[".contains($0) } ?? false) && after != "/"
      if !looksLikeExpression, let child = try find(word, among: children, prefix: command.name) {
        return try descend(child, String(text.dropFirst(word.count)))
      }
      if ["info", "save", "catch", "tcatch", "show"].contains(command.name),
        command.name == "info" || command.name == "save"
      {
        throw undefined(word, prefix: command.name)
      }
    }
    guard rest.hasPrefix("/") else { return .command(command, Arguments(rest)) }
    let format = rest.dropFirst().prefix { $0.isLetter || $0.isNumber }
    return .command(command, Arguments(String(rest.dropFirst(format.count + 1)), format: String(format)))
  }

  private func undefined(_ word: String, prefix: String?) -> CommandError {
    let kind = prefix.map { $0 + " " } ?? ""
    let help = prefix.map { "help " + $0 } ?? "help"
    return .failed("Undefined \(kind)command: \"\(word)\".  Try \"\(help)\".")
  }

  /// A command by its name or alias, or by a prefix that no other begins with.
  func find(_ word: String, among commands: [any Command.Type], prefix: String?) throws(CommandError) -> (
    any Command.Type
  )? {
    if let exact = commands.first(where: { CommandTable.lastWord($0) == word || $0.aliases.contains(word) }) {
      return exact
    }
    let matches = commands.filter { command in
      CommandTable.lastWord(command).hasPrefix(word) || command.aliases.contains { $0.hasPrefix(word) && $0.count > 3 }
    }
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty { return nil }
    let names = matches.map { CommandTable.lastWord($0) }.sorted().joined(separator: ", ")
    throw .failed(
      "Ambiguous \(prefix.map { $0 + " " } ?? "")command \"\(prefix.map { $0 + " " } ?? "")\(word)\": \(names).")
  }
}
