import Debugger
import RISCV

enum SideNextCommand: Command {
  static let name = "side next"
  static let category = CommandCategory.machine
  static let summary = "Run all columns to the instruction at which one of them exits next"
  static let help = """
    side next exit TECHNIQUE [REASON]
    Runs all columns to the guest instruction at which that one exits next, of a reason as in `info exits` if one is given; tells
    what it exits for, and who else exits there. `side stepi` then shows the exit. To know what comes, a replica of each column
    runs ahead: the first time that takes as long as the guest took so far.
    Example: side next exit hardware-assisted device
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.places([["exit"], SideCommand.techniques, ExitReason.allCases.map(\.name)])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    let words = arguments.words
    guard words.first == "exit", words.count >= 2, words.count <= 3 else {
      throw .failed("\"side next\" must be followed by exit TECHNIQUE, and a REASON if you like.")
    }
    let column = try SideCommand.column(words[1], side)
    var reason: ExitReason?
    if words.count == 3 {
      reason = ExitReason(name: words[2])
      if reason == nil {
        let names = ExitReason.allCases.map(\.name).joined(separator: ", ")
        throw .failed("No reason \"\(words[2])\" for an exit.  The reasons are: \(names).")
      }
    }
    let search = try console.moveSide { side throws(DebuggerError) in
      try side.runToExit(of: column, reason: reason)
    }
    let rendering = SideRendering(side, console)
    switch search {
    case .here(let exits, .arrived): console.show(rendering.exits(exits))
    case .here(_, let move): console.show(rendering.arrival(move))
    case .interrupted: console.print("Interrupted: no column has moved.")
    case .none(let position):
      let what = reason.map { " for \($0.name)" } ?? ""
      console.print(
        "\(column.technique) does not exit\(what) from here to where the guest ends or waits for ever, "
          + "at retired \(grouped(position)).  No column has moved.")
    }
  }
}
