import Debugger

enum SideStepiCommand: Command {
  static let name = "side stepi"
  static let aliases = ["si"]
  static let category = CommandCategory.machine
  static let summary = "One guest instruction in every column, and what happened underneath"
  static let help = """
    side stepi [N]
    Moves all columns by one instruction, trap or interrupt of the guest's, or by N, and shows in a column each: what ran, which
    exits it made, what happened to the tables below, and host cycles with those of the entry behind an exit; then how
    the guest compares. `side why cycles TECHNIQUE` takes the cycles apart.
    Example: side stepi
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let side = try console.checkSession(console.session.requireSide)
    let count = try console.count(arguments.text)
    if count == 0 { return }
    let title = SideRendering(side, console).instruction
    let move = try console.moveSide { side throws(DebuggerError) in try side.step(count) }
    console.show(SideRendering(side, console).step(title, count, move))
  }
}
