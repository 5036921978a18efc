import Debugger
import Hypervisor

enum SetCostCommand: Command {
  static let name = "set cost"
  static let category = CommandCategory.machine
  static let summary = "Change what an action costs on the host"
  static let help = """
    set cost ROW NUMBER
    From now on each such action is charged so many host cycles; what was charged before stays. After `run`, `seek` backwards
    and `technique` all is charged anew, at the prices of that time. `info costs` lists the rows. It holds for the columns of `side`, too.
    Example: set cost fetch-decode 800
    """
  static let rows = CostAction.priced.map(\.name) + CostSetting.allCases.map(\.name)
  static let completion = CompletionKind.words(rows)
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let words = arguments.words
    guard words.count == 2 else {
      throw .failed("Arguments required: the name of a row, and its number.  `info costs` lists the rows.")
    }
    guard let number = UInt64(words[1]) else {
      throw .failed("\"\(words[1])\" is no number of cycles: it is a whole number from 0 on.")
    }
    do { try console.session.setCost(words[0], to: number) } catch {
      if case .unknownRow = error { throw .failed("\(error)".capitalizedFirst) }
      throw .failed("\(error)")
    }
  }
}
