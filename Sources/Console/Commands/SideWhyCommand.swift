import Debugger

enum SideWhyCommand: Command {
  static let name = "side why"
  static let category = CommandCategory.machine
  static let summary = "Take the cycles of a column's last movement apart: count, price, source"
  static let help = """
    side why cycles TECHNIQUE
    Shows what the last movement of the columns cost in one of them: each line is a count times a row of the cost model, with where
    the row's number comes from; the lines add up to what the physical harts' clocks moved on (waiting apart).
    Example: side why cycles trap-and-emulate
    """
  static let completion = CompletionKind.places([["cycles"], SideCommand.techniques])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    let words = arguments.words
    guard words.count == 2, words[0] == "cycles" else {
      throw .failed("\"side why\" must be followed by cycles TECHNIQUE.")
    }
    let column = try SideCommand.column(words[1], side)
    guard let stretch = column.stretch else { throw .failed("Nothing has moved yet.  `side stepi` moves all columns.") }
    console.show(SideCosts(column, stretch, from: side.movedFrom, width: SideTable.width(console)).lines)
  }
}
