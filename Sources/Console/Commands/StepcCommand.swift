import Debugger

enum StepcCommand: Command {
  static let name = "stepc"
  static let category = CommandCategory.running
  static let summary = "Show the inside of one instruction, phase by phase"
  static let help = """
    stepc [N]
    Shows the next phase of the instruction at pc: fetch with each page-table reference, decode, execute, memory, write-back
    or trap entry. The guest changes at the last phase only. Under a monitor an instruction that exits goes on with the phases of
    the monitor's service, up to the entry; `list` shows the monitor's own Swift that ran: save, decode, walk, fill, emulate,
    inject, restore. The columns are host cycles since the instruction began, those of the phase (a dot
    where nothing is charged apart), and who is charged.
    Example: stepc 5
    """
  static let repetition = Repetition.same
  static let letsGuestRun = true
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
            "  \("+\(phase.start)".padded(6)) \(cycles.leftPadded(6))  \((phase.layer ?? layer).padded(9)) "
              + "\(phase.name.padded(12)) \(phase.text)"))
      }
      if let summary = console.session.exitSummary, result.phases.last?.name == "sret" { console.print(summary) }
      console.session.listPosition = nil
      guard let stop = result.stop else { continue }
      console.selectedFrame = 0
      console.show(stop, byInstruction: true)
      if stop.reason != .done { return }
    }
  }
}
