import Debugger

enum StepcCommand: Command {
  static let name = "stepc"
  static let category = CommandCategory.running
  static let summary = "Show the inside of one instruction, phase by phase"
  static let help = """
    stepc [N]
    Shows the next phase of the instruction at pc: fetch with each page-table reference, decode, execute, memory, write-back
    or trap entry. The guest changes at the last phase only. The columns are the cycles since the instruction began and the
    cycles of the phase; a native machine has one price, 1 cycle for an instruction in all, so the others show a dot.
    Example: stepc 5
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let count = try console.count(arguments.text)
    try console.requireLiving()
    for _ in 0..<count {
      let layer = console.session.layer
      let result = try console.checkSession(console.session.cycleStepPhase)
      for phase in result.phases {
        let cycles = phase.cycles.map(String.init) ?? "."
        console.print(
          console.style.symbols(
            "  +0 \(cycles.leftPadded(5))  \(layer.padded(9)) \(phase.name.padded(12)) \(phase.text)"))
      }
      guard let stop = result.stop else { continue }
      console.selectedFrame = 0
      console.show(stop, byInstruction: true)
      if stop.reason != .done { return }
    }
  }
}
