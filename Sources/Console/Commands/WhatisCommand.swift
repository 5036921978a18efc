import Debugger

enum WhatisCommand: Command {
  static let name = "whatis"
  static let category = CommandCategory.source
  static let summary = "The type of an expression"
  static let help = """
    whatis [EXPRESSION | TYPE]
    Shows the name of the type; of a type's name what it stands for, one step.
    Example: whatis $sp
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (type, isName) = try PtypeCommand.type(arguments, console)
    if isName, case .alias(_, let target) = type { return console.print("type = \(target.name)") }
    console.print("type = \(type.name)")
  }
}
